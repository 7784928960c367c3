-- Identifiers: keyed SHA-256, cut to length; sentinels and nulls stay.
CREATE MACRO sentinel(x) AS trim(x) IN ('', '0', '-1', 'SSD_PH', 'SSD_SUI', 'PLACEHOLDER_DATA');
CREATE MACRO keyed(domain, x) AS sha256('$KEY' || domain || ':' || trim(x));
CREATE MACRO pseudonym(domain, x, length) AS
  CASE WHEN x IS NULL OR sentinel(x) THEN x ELSE left(keyed(domain, x), length) END;

-- Draws: a seed a row, then one hash a column.
CREATE MACRO seed_of(x) AS hash('$KEY' || x);
CREATE MACRO draw(seed, label, n) AS (hash(xor(seed, hash(label))) % n)::INTEGER;
CREATE MACRO pick(pool, seed, label) AS pool[1 + draw(seed, label, len(pool))];
CREATE MACRO said(x) AS x IS NOT NULL AND NOT trim(x) IN ('', 'SSD_PH');

-- Dates: 14 to 120 days back, one offset a child; 1900-01-01 stays.
CREATE MACRO days_of(child) AS 14 + draw(seed_of(child), 'offset', 107);
CREATE MACRO moved(x, days) AS CASE WHEN x = DATE '1900-01-01' THEN x ELSE x - days END;
CREATE MACRO moved_moment(x, days) AS
  CASE WHEN x = TIMESTAMP '1900-01-01' THEN x ELSE x - to_days(days) END;
CREATE MACRO moved_text(x, days) AS
  CASE WHEN said(x) THEN
    coalesce(strftime(try_strptime(x, '%d/%m/%Y') - to_days(days), '%d/%m/%Y'), 'zz/zz/zzzz')
  ELSE x END;

-- Numbers with a format, from ranges never issued, with their check digits.
CREATE MACRO below(digest, n) AS ('0x' || left(digest, 15))::BIGINT % n;
CREATE MACRO digit(n, place) AS n // place % 10;
CREATE MACRO nine_weighted(n) AS
  digit(n, 100000000) * 10 + digit(n, 10000000) * 9 + digit(n, 1000000) * 8 + digit(n, 100000) * 7
  + digit(n, 10000) * 6 + digit(n, 1000) * 5 + digit(n, 100) * 4 + digit(n, 10) * 3 + n % 10 * 2;
CREATE MACRO nhs_check(stem) AS (11 - nine_weighted(stem) % 11) % 11;
CREATE MACRO uln_check(stem) AS 10 - nine_weighted(stem) % 11;
-- A stem without a check digit leaves its place to the next one, which has one.
CREATE MACRO nhs_of(stem) AS
  CASE WHEN nhs_check(stem) = 10 THEN ((stem + 1) * 10 + nhs_check(stem + 1))::VARCHAR
  ELSE (stem * 10 + nhs_check(stem))::VARCHAR END;
CREATE MACRO uln_of(stem) AS
  CASE WHEN uln_check(stem) = 10 THEN ((stem + 1) * 10 + uln_check(stem + 1))::VARCHAR
  ELSE (stem * 10 + uln_check(stem))::VARCHAR END;
CREATE MACRO upn_of(n) AS
  substr('ABCDEFGHJKLMNPQRTUVWXYZ', 1 + (
    digit(n, 100000000000) * 2 + digit(n, 10000000000) * 3 + digit(n, 1000000000) * 4
    + digit(n, 100000000) * 5 + digit(n, 10000000) * 6 + digit(n, 1000000) * 7
    + digit(n, 100000) * 8 + digit(n, 10000) * 9 + digit(n, 1000) * 10
    + digit(n, 100) * 11 + digit(n, 10) * 12 + n % 10 * 13) % 23, 1) || n::VARCHAR;
-- ``place`` is below(keyed(...)), worked out once a row.
CREATE MACRO upn(x, place) AS CASE WHEN NOT said(x) THEN x
  WHEN x LIKE 'UN%' THEN 'UN' || (1 + draw(seed_of(x), 'upn', 10))::VARCHAR
  ELSE upn_of(990000000000 + place) END;
CREATE MACRO nhs(x, place) AS CASE WHEN said(x) THEN nhs_of(900000000 + place) ELSE x END;
CREATE MACRO uln(x, place) AS CASE WHEN said(x) THEN uln_of(950000000 + place) ELSE x END;
CREATE MACRO swe(x, place) AS
  CASE WHEN said(x) THEN 'SW9' || lpad(place::VARCHAR, 9, '0') ELSE x END;
CREATE MACRO urn(x, place) AS CASE WHEN NOT said(x) OR x = 'XXXXXXX' THEN x
  ELSE 'SC' || (700000 + place)::VARCHAR END;
CREATE MACRO ni(x, place) AS
  CASE WHEN said(x) THEN 'QQ' || lpad(place::VARCHAR, 6, '0') || 'A' ELSE x END;

-- Names, places and texts, from the pools.
CREATE MACRO unlike(x, pool, place) AS
  CASE WHEN lower(trim(x)) = lower(pool[1 + place % len(pool)])
  THEN pool[1 + (place + 1) % len(pool)] ELSE pool[1 + place % len(pool)] END;
CREATE MACRO name_from(x, pool, seed, label) AS
  CASE WHEN said(x) THEN unlike(x, pool, draw(seed, label, len(pool))) ELSE x END;
CREATE MACRO postcode_of(seed) AS
  'ZZ' || (10 + draw(seed, 'district', 90))::VARCHAR || ' '
  || draw(seed, 'sector', 10)::VARCHAR
  || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + draw(seed, 'first', 20), 1)
  || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + draw(seed, 'last', 20), 1);
CREATE MACRO postcode(x) AS CASE WHEN said(x) THEN postcode_of(seed_of(trim(x))) ELSE x END;
CREATE MACRO filler(seed, sentences, n) AS concat_ws(' ', 'Scrambled text.',
  pick(sentences, seed, 's1'),
  CASE WHEN n > 1 THEN pick(sentences, seed, 's2') END,
  CASE WHEN n > 2 THEN pick(sentences, seed, 's3') END,
  CASE WHEN n > 3 THEN pick(sentences, seed, 's4') END);
