-- Payloads in PostgreSQL, written from payload_fields.csv: slow, obvious, and nothing of the builder's.
-- The tables lie in the schema ssd. The code lists are codes (list, place, code, label, alternate), the
-- window is span (first, last). Texts compare by code point. Each statement ends a line.

CREATE FUNCTION first_day() RETURNS timestamp LANGUAGE sql AS 'SELECT first FROM span';
CREATE FUNCTION last_day() RETURNS timestamp LANGUAGE sql AS 'SELECT last FROM span';

CREATE FUNCTION inside(day timestamp) RETURNS boolean LANGUAGE sql AS
$$ SELECT COALESCE(day BETWEEN first_day() AND last_day(), false) $$;

CREATE FUNCTION overlaps_it(starts timestamp, ends timestamp) RETURNS boolean LANGUAGE sql AS
$$ SELECT COALESCE(starts <= last_day() AND COALESCE(ends, last_day()) >= first_day(), false) $$;

CREATE FUNCTION bare(t text) RETURNS text LANGUAGE sql AS $$ SELECT btrim(t, E' \t\r\n') $$;

CREATE FUNCTION is_filled_in(t text) RETURNS boolean LANGUAGE sql AS $$
  SELECT t IS NOT NULL AND upper(bare(t)) NOT IN
    ('', '0', '-1', 'SSD_PH', 'SSD_SUI', 'PLACEHOLDER_DATA', 'XXXXXXX') $$;

CREATE FUNCTION said(t text) RETURNS text LANGUAGE sql AS
$$ SELECT CASE WHEN is_filled_in(t) THEN t END $$;

CREATE FUNCTION cut(t text, width int) RETURNS text LANGUAGE sql AS
$$ SELECT NULLIF(rtrim(left(bare(t), COALESCE(width, length(t))), E' \t\r\n'), '') $$;

CREATE FUNCTION iso(day timestamp) RETURNS text LANGUAGE sql AS
$$ SELECT to_char(day, 'YYYY-MM-DD') $$;

CREATE FUNCTION flag(t text) RETURNS boolean LANGUAGE sql AS $$
  SELECT CASE WHEN upper(bare(t)) IN ('Y', 'T', '1', 'TRUE') THEN true
              WHEN upper(bare(t)) IN ('N', 'F', '0', 'FALSE') THEN false END $$;

-- The code that a description stands for, or that stands before more; null for what is a code.
CREATE FUNCTION meant(l text, t text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM codes WHERE list = l AND code = bare(t)) THEN COALESCE(
    (SELECT min(code) FROM codes WHERE list = l AND NOT alternate
      AND lower(label) = lower(bare(t)) HAVING count(*) = 1),
    (SELECT min(code) FROM codes WHERE list = l AND NOT alternate
      AND lower(code) = lower(bare(t)) HAVING count(*) = 1),
    (SELECT code FROM codes WHERE list = l AND NOT alternate
      AND left(bare(t), length(code)) = code AND substr(bare(t), length(code) + 1) ~ '^[ :-]+\S'
      ORDER BY place LIMIT 1)) END $$;

CREATE FUNCTION code_of(l text, t text, width int) RETURNS text LANGUAGE sql AS
$$ SELECT COALESCE(meant(l, t), cut(said(t), width)) $$;

-- Who has a payload.

CREATE FUNCTION in_cohort(p ssd.ssd_person) RETURNS boolean LANGUAGE sql AS $$
  SELECT CASE WHEN p.pers_dob IS NULL THEN inside(p.pers_expected_dob)
    ELSE p.pers_dob <= last_day() AND p.pers_dob > first_day() - interval '26 years' END
  AND (
    EXISTS (SELECT 1 FROM ssd.ssd_cin_episodes r WHERE r.cine_person_id = p.pers_person_id
      AND (overlaps_it(r.cine_referral_date, r.cine_close_date)
        OR r.cine_close_date IS NULL AND NOT EXISTS (
          SELECT 1 FROM ssd.ssd_cin_assessments a WHERE a.cina_referral_id = r.cine_referral_id
            AND a.cina_assessment_start_date IS NOT NULL)))
    OR EXISTS (SELECT 1 FROM ssd.ssd_cin_plans n WHERE n.cinp_person_id = p.pers_person_id
      AND overlaps_it(n.cinp_cin_plan_start_date, n.cinp_cin_plan_end_date))
    OR EXISTS (SELECT 1 FROM ssd.ssd_cla_episodes e
      LEFT JOIN ssd.ssd_cin_episodes r ON r.cine_referral_id = e.clae_referral_id
      LEFT JOIN ssd.ssd_cla_placement c ON c.clap_cla_id = e.clae_cla_id
      WHERE e.clae_person_id = p.pers_person_id
      AND (overlaps_it(r.cine_referral_date, r.cine_close_date) OR
        overlaps_it(c.clap_cla_placement_start_date, c.clap_cla_placement_end_date)))) $$;

-- What stands within a referral.

CREATE FUNCTION factors(assessment text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT COALESCE((
    SELECT CASE WHEN NOT is_filled_in(t) OR bare(t) = 'null' THEN '[]'::jsonb
      WHEN t IS JSON ARRAY THEN
        (SELECT COALESCE(jsonb_agg(item ORDER BY place), '[]')
          FROM jsonb_array_elements(t::jsonb) WITH ORDINALITY AS i(item, place)
          WHERE item <> 'null'::jsonb)
      ELSE to_jsonb(bare(t)) END
    FROM (SELECT cinf_assessment_factors_json AS t FROM ssd.ssd_assessment_factors
      WHERE cinf_assessment_id = assessment
      ORDER BY cinf_table_id COLLATE "C" DESC NULLS LAST LIMIT 1) latest), '[]') $$;

CREATE FUNCTION assessments(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'child_and_family_assessment_id', cut(cina_assessment_id, 36),
      'start_date', iso(cina_assessment_start_date),
      'authorisation_date', iso(cina_assessment_auth_date),
      'factors', factors(cina_assessment_id), 'purge', false)
    ORDER BY cina_assessment_start_date::date DESC NULLS LAST, cina_assessment_id COLLATE "C" DESC)
  FROM ssd.ssd_cin_assessments WHERE cina_referral_id = referral
    AND (inside(cina_assessment_start_date) OR inside(cina_assessment_auth_date)) $$;

CREATE FUNCTION in_need_plans(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'child_in_need_plan_id', cut(cinp_cin_plan_id, 36),
      'start_date', iso(cinp_cin_plan_start_date), 'end_date', iso(cinp_cin_plan_end_date),
      'purge', false)
    ORDER BY cinp_cin_plan_start_date::date DESC NULLS LAST, cinp_cin_plan_id COLLATE "C" DESC)
  FROM ssd.ssd_cin_plans WHERE cinp_referral_id = referral
    AND overlaps_it(cinp_cin_plan_start_date, cinp_cin_plan_end_date) $$;

CREATE FUNCTION protection_plans(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'child_protection_plan_id', cut(cppl_cp_plan_id, 36),
      'start_date', iso(cppl_cp_plan_start_date), 'end_date', iso(cppl_cp_plan_end_date),
      'purge', false)
    ORDER BY cppl_cp_plan_start_date::date DESC NULLS LAST, cppl_cp_plan_id COLLATE "C" DESC)
  FROM ssd.ssd_cp_plans WHERE cppl_referral_id = referral
    AND overlaps_it(cppl_cp_plan_start_date, cppl_cp_plan_end_date) $$;

CREATE FUNCTION enquiries(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'section_47_assessment_id', cut(s47e_s47_enquiry_id, 36),
      'start_date', iso(s47e_s47_start_date),
      'icpc_required_flag', CASE WHEN s47e_s47_outcome_json IS JSON OBJECT
        THEN flag(s47e_s47_outcome_json::jsonb ->> 'CP_CONFERENCE_FLAG') END,
      'icpc_date', iso(held), 'end_date', iso(s47e_s47_end_date), 'purge', false)
    ORDER BY s47e_s47_start_date::date DESC NULLS LAST, s47e_s47_enquiry_id COLLATE "C" DESC)
  FROM ssd.ssd_s47_enquiry s CROSS JOIN LATERAL (
    SELECT max(icpc_icpc_date) AS held FROM ssd.ssd_initial_cp_conference
    WHERE icpc_s47_enquiry_id = s.s47e_s47_enquiry_id) c
  WHERE s47e_referral_id = referral
    AND (overlaps_it(s47e_s47_start_date, s47e_s47_end_date) OR inside(held)) $$;

CREATE FUNCTION placements(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'child_looked_after_placement_id', cut(clap_cla_placement_id, 36),
      'start_date', iso(clap_cla_placement_start_date),
      'start_reason', (
        SELECT min(code_of('cla_start_reason', clae_cla_episode_start_reason, 1) COLLATE "C")
        FROM ssd.ssd_cla_episodes WHERE clae_cla_id = clap_cla_id),
      'postcode', said(clap_cla_placement_postcode),
      'placement_type', code_of('placement_type', clap_cla_placement_type, 3),
      'end_date', CASE WHEN clap_cla_placement_end_date >= clap_cla_placement_start_date
        THEN iso(clap_cla_placement_end_date) END,
      'end_reason', (
        SELECT min(COALESCE(meant('cla_ceased_reason', clae_cla_episode_ceased_reason), NULLIF(
          translate(left(said(clae_cla_episode_ceased_reason), 3), E' \t\r\n', ''), '')) COLLATE "C")
        FROM ssd.ssd_cla_episodes WHERE clae_cla_id = clap_cla_id),
      'change_reason', COALESCE(
        meant('placement_change_reason', clap_cla_placement_change_reason),
        said(clap_cla_placement_change_reason)),
      'purge', false)
    ORDER BY clap_cla_placement_start_date::date DESC NULLS LAST,
      clap_cla_placement_id COLLATE "C" DESC)
  FROM ssd.ssd_cla_placement
  WHERE clap_cla_id IN (SELECT clae_cla_id FROM ssd.ssd_cla_episodes WHERE clae_referral_id = referral)
    AND overlaps_it(clap_cla_placement_start_date, clap_cla_placement_end_date) $$;

CREATE FUNCTION adoption(child text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object(
    'initial_decision_date', iso(perm_adm_decision_date), 'matched_date', iso(perm_matched_date),
    'placed_date', iso(perm_placed_for_adoption_date), 'purge', false)
  FROM ssd.ssd_permanence
  WHERE (perm_person_id = child OR perm_cla_id IN (
      SELECT clae_cla_id FROM ssd.ssd_cla_episodes WHERE clae_person_id = child))
    AND (inside(perm_adm_decision_date) OR inside(perm_matched_date)
      OR inside(perm_placed_for_adoption_date))
  ORDER BY COALESCE(perm_placed_for_adoption_date, perm_matched_date, perm_adm_decision_date) DESC,
    perm_table_id COLLATE "C" DESC LIMIT 1 $$;

CREATE FUNCTION care_leaver(child text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object(
    'contact_date', iso(clea_care_leaver_latest_contact),
    'activity', code_of('care_leaver_activity', clea_care_leaver_activity, 2),
    'accommodation', code_of('care_leaver_accommodation', clea_care_leaver_accommodation, 1),
    'purge', false)
  FROM ssd.ssd_care_leavers WHERE clea_person_id = child
  ORDER BY clea_care_leaver_latest_contact DESC NULLS LAST,
    clea_care_leaver_activity COLLATE "C" DESC NULLS LAST,
    clea_care_leaver_accommodation COLLATE "C" DESC NULLS LAST LIMIT 1 $$;

CREATE FUNCTION workers(referral text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object('worker_id', number, 'start_date', iso(starts),
      'end_date', iso(ends)) ORDER BY starts::date DESC, id COLLATE "C" DESC)
  FROM (
    SELECT cut(said(prof_social_worker_registration_no), 12) AS number,
      invo_involvements_id AS id, invo_involvement_start_date AS starts,
      invo_involvement_end_date AS ends, make_timestamp(
        extract(year FROM last_day())::int, 3, 31, 0, 0, 0) AS census
    FROM ssd.ssd_involvements JOIN ssd.ssd_professionals
      ON prof_professional_id = invo_professional_id
    WHERE invo_referral_id = referral AND upper(bare(invo_professional_role_id)) = 'CW') w
  WHERE number IS NOT NULL AND census <= last_day() AND starts <= census
    AND COALESCE(ends, census) >= census $$;

CREATE FUNCTION episodes(child text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_agg(jsonb_build_object(
      'social_care_episode_id', cut(cine_referral_id, 36),
      'referral_date', iso(cine_referral_date),
      'referral_source', substring(code_of('referral_source', cine_referral_source_code, NULL)
        FROM '^(10|[1-3][A-F]|5[A-D]|[46-9])'),
      'closure_date', iso(cine_close_date),
      'closure_reason', code_of('closure_reason', cine_close_reason, 3),
      'referral_no_further_action_flag', flag(cine_referral_nfa),
      'child_and_family_assessments', assessments(cine_referral_id),
      'child_in_need_plans', in_need_plans(cine_referral_id),
      'section_47_assessments', enquiries(cine_referral_id),
      'child_protection_plans', protection_plans(cine_referral_id),
      'child_looked_after_placements', placements(cine_referral_id),
      'adoption', adoption(child), 'care_leavers', care_leaver(child),
      'care_worker_details', CASE WHEN in_need_plans(cine_referral_id) IS NOT NULL
        THEN workers(cine_referral_id) END,
      'purge', false)
    ORDER BY cine_referral_date::date DESC, cine_referral_id COLLATE "C" DESC)
  FROM ssd.ssd_cin_episodes
  WHERE cine_person_id = child AND overlaps_it(cine_referral_date, cine_close_date) $$;

-- What is said of the child.

CREATE FUNCTION former_upn(child text) RETURNS text LANGUAGE sql AS $$
  SELECT CASE WHEN length(bare(link_identifier_value)) = 13 THEN bare(link_identifier_value) END
  FROM ssd.ssd_linked_identifiers WHERE link_person_id = child
    AND lower(bare(link_identifier_type)) = 'former unique pupil number'
  ORDER BY link_valid_from_date DESC NULLS LAST, link_table_id COLLATE "C" DESC LIMIT 1 $$;

CREATE FUNCTION disabilities(child text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT COALESCE(jsonb_agg(code ORDER BY code COLLATE "C"), '["NONE"]') FROM (
    SELECT code FROM (
      SELECT DISTINCT upper(code_of('disability', disa_disability_code, 4)) AS code
      FROM ssd.ssd_disability WHERE disa_person_id = child) each
    WHERE code IS NOT NULL ORDER BY code COLLATE "C" LIMIT 12) dozen $$;

CREATE FUNCTION postcode(child text) RETURNS text LANGUAGE sql AS $$
  SELECT said(addr_address_postcode) FROM ssd.ssd_address WHERE addr_person_id = child
  ORDER BY addr_address_start_date DESC NULLS LAST, addr_table_id COLLATE "C" DESC LIMIT 1 $$;

CREATE FUNCTION unaccompanied(child text) RETURNS SETOF ssd.ssd_immigration_status LANGUAGE sql AS $$
  SELECT * FROM ssd.ssd_immigration_status WHERE immi_person_id = child
    AND (lower(bare(immi_immigration_status)) = 'u' OR immi_immigration_status ~* 'uasc'
      OR immi_immigration_status ~* '^[^a-z]*unaccompanied[^a-z]+asylum([^a-z]|$)')
    AND COALESCE(immi_immigration_status_end_date, first_day()) >= first_day()
  ORDER BY immi_immigration_status_start_date DESC NULLS LAST,
    immi_immigration_status_id COLLATE "C" DESC LIMIT 1 $$;

CREATE FUNCTION details(p ssd.ssd_person) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object(
    'unique_pupil_number', CASE WHEN NOT is_un THEN upn END,
    'former_unique_pupil_number', former_upn(p.pers_person_id),
    'unique_pupil_number_unknown_reason', COALESCE(
      code_of('upn_unknown', p.pers_upn_unknown, 4), CASE WHEN is_un THEN upper(upn) END),
    'first_name', said(p.pers_forename), 'surname', said(p.pers_surname),
    'date_of_birth', iso(p.pers_dob), 'expected_date_of_birth', iso(p.pers_expected_dob),
    'sex', CASE WHEN sex IN ('M', 'F') THEN sex ELSE 'U' END,
    'ethnicity', code_of('ethnicity', p.pers_ethnicity, 4),
    'disabilities', disabilities(p.pers_person_id), 'postcode', postcode(p.pers_person_id),
    'uasc_flag', EXISTS (SELECT 1 FROM unaccompanied(p.pers_person_id)),
    'uasc_end_date', (
      SELECT iso(immi_immigration_status_end_date) FROM unaccompanied(p.pers_person_id)),
    'purge', false)
  FROM (SELECT cut(said(p.pers_upn), NULL) AS upn, code_of('sex', p.pers_sex, NULL) AS sex,
    COALESCE(upper(bare(p.pers_upn)) ~ '^UN([1-9]|10)$', false) AS is_un) own $$;

CREATE FUNCTION scores(child text) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_build_object('sdq_assessments', jsonb_agg(
      jsonb_build_object('date', iso(csdq_sdq_completed_date), 'score', csdq_sdq_score)
      ORDER BY csdq_sdq_completed_date::date DESC, csdq_sdq_score DESC), 'purge', false)
  FROM ssd.ssd_sdq_scores WHERE csdq_person_id = child AND csdq_sdq_score IS NOT NULL
    AND inside(csdq_sdq_completed_date) HAVING count(*) > 0 $$;

CREATE FUNCTION payload(p ssd.ssd_person) RETURNS jsonb LANGUAGE sql AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'la_child_id', cut(p.pers_person_id, 20), 'mis_child_id', cut(p.pers_legacy_id, 36),
    'purge', false, 'child_details', details(p),
    'health_and_wellbeing', scores(p.pers_person_id),
    'social_care_episodes', episodes(p.pers_person_id))) $$;
