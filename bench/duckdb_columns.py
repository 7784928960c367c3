"""The SQL expression for a column, one function a treatment; the verbs are in duckdb_macros.sql."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from kernels.fake_name import FEMALE, MALE, SURNAMES
from kernels.filler import SENTENCES
from scrambler.policy import Assignment
from scrambler.ssd import ssd

KEY = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
"""Public: the test case of RFC 4231."""

ADDRESS = {
    "ROOM": "'Room ' || (1 + draw({seed}, 'room', 9))",
    "FLOOR": "'Floor ' || (1 + draw({seed}, 'floor', 9))",
    "FLAT": "'Flat ' || (1 + draw({seed}, 'flat', 60))",
    "BUILDING": "pick(getvariable('surnames'), {seed}, 'building') || ' House'",
    "HOUSE": "(1 + draw({seed}, 'house', 250))::VARCHAR",
    "STREET": "pick(getvariable('surnames'), {seed}, 'street') || ' Road'",
    "TOWN": "'North ' || pick(getvariable('surnames'), {seed}, 'town')",
    "UPRN": "'9999' || lpad(draw({seed}, 'uprn', 99999999)::VARCHAR, 8, '0')",
    "EASTING": "(600000 + draw({seed}, 'easting', 100000))::VARCHAR",
    "NORTHING": "(600000 + draw({seed}, 'northing', 100000))::VARCHAR",
}
"""The keys of an address and the invented value of each."""

PLACES = {
    "upn": 10**9, "nhs": 98_000_000, "uln": 49_000_000, "swe": 10**9, "urn": 300_000, "ni": 10**6,
}  # fmt: skip
"""Shapes of numbers that come from a reserved range, and how many that has."""

_POOLS = {
    "male": MALE,
    "female": FEMALE,
    "forenames": (*MALE, *FEMALE),
    "surnames": SURNAMES,
    "sentences": SENTENCES,
}
_SQL_TYPES = {
    pl.String: "VARCHAR", pl.Int16: "SMALLINT", pl.Int32: "INTEGER", pl.Float64: "DOUBLE",
    pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP",
}  # fmt: skip
_NAMED = {
    "team": "pick(getvariable('surnames'), {seed}, 'team') || ' Team ' || draw({seed}, 'n', 900)",
    "organisation": "pick(getvariable('surnames'), {seed}, 'organisation') || ' Family Centre'",
    "authority": "pick(getvariable('surnames'), {seed}, 'authority') || ' County Council'",
}


def treated(assignment: Assignment) -> str:
    """Return the expression for the scrambled column, in its type of the spec."""
    expression = _TREATMENTS[assignment.treatment](assignment)
    return f"({expression})::{_SQL_TYPES[type(assignment.column.dtype)]}"


def pools() -> str:
    """Return the statements that set the pools."""
    return "\n".join(f"SET VARIABLE {name} = {array(pool)};" for name, pool in _POOLS.items())


def array(texts: Sequence[str]) -> str:
    """Return a list literal."""
    return "[" + ", ".join(_quoted(text) for text in texts) + "]"


def beforehand(assignment: Assignment) -> list[str]:
    """Return what is worked out once a row before the column is: digests, and parts of JSON."""
    name = assignment.column.name
    if assignment.treatment == "address_json":
        return [f"json_extract_string(t.{name}, {array(tuple(ADDRESS))}) AS {name}_parts"]
    if assignment.treatment != "identifier":
        return []
    domains = {assignment.column.domain or ""}
    if "type" in assignment.parameters:
        domains = {*ssd().linked_types.values(), "other_identifier"}
    shapes = {domain: ssd().domains[domain].shape for domain in sorted(domains)}
    return [
        f"below(keyed('{ssd().domains[domain].map}', t.{name}), {PLACES[shape]}) "
        f"AS {name}_{domain}_place"
        for domain, shape in shapes.items()
        if shape in PLACES
    ]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _where_said(name: str, expression: str) -> str:
    return f"CASE WHEN said({name}) THEN {expression} ELSE {name} END"


def _identifier(assignment: Assignment) -> str:
    name = assignment.column.name
    if "type" in assignment.parameters:
        cases = " ".join(
            f"WHEN {_quoted(kind)} THEN {_in_domain(domain, name)}"
            for kind, domain in ssd().linked_types.items()
        )
        otherwise = _in_domain("other_identifier", name)
        return f"CASE {assignment.parameters['type']} {cases} ELSE {otherwise} END"
    return _in_domain(assignment.column.domain or "", name, assignment.column.width)


def _in_domain(domain: str, name: str, width: int | None = None) -> str:
    spec = ssd().domains[domain]
    if spec.shape in PLACES:
        return f"{spec.shape}({name}, {name}_{domain}_place)"
    return f"pseudonym('{spec.map}', {name}, {min(spec.length, width or spec.length)})"


def _date(assignment: Assignment) -> str:
    name, dtype = assignment.column.name, assignment.column.dtype
    days = "days"
    if subject := assignment.parameters.get("subject"):
        days = f"days_of({subject})"
    verb = {pl.Date: "moved", pl.Datetime: "moved_moment"}.get(type(dtype), "moved_text")
    return f"{verb}({name}, {days})"


def _code(assignment: Assignment) -> str:
    name, parameters = assignment.column.name, assignment.parameters
    codes = ssd().code_lists[parameters["list"]].codes
    if assignment.column.dtype == pl.Boolean:
        return f"CASE WHEN {name} IS NOT NULL THEN draw(seed, '{name}', 2) = 1 END"
    if "within" in parameters:
        drawn = _distinct(assignment, codes)
    else:
        drawn = f"pick({array(codes)}, seed, '{name}')"
    kept = parameters.get("fixed", "").split("|")[0]
    stays = f" OR {name} = {_quoted(kept)}" if kept else ""
    return f"CASE WHEN NOT said({name}){stays} THEN {name} ELSE {drawn} END"


def _distinct(assignment: Assignment, codes: Sequence[str]) -> str:
    """Draw codes that differ among the rows of one parent."""
    parameters = assignment.parameters
    if "ordered" in parameters:
        return f"{array(codes)}[least(place, {len(codes)})]"
    shared = [code for code in codes if code != parameters.get("alone")]
    start = f"draw(seed_of({parameters['within']}), '{assignment.column.name}', {len(shared)})"
    alone = f"pick({array(codes)}, seed, '{assignment.column.name}')"
    several = f"{array(shared)}[1 + ({start} + place) % {len(shared)}]"
    return f"CASE WHEN siblings = 1 THEN {alone} ELSE {several} END"


def _code_list_json(assignment: Assignment) -> str:
    name, parameters = assignment.column.name, assignment.parameters
    codes = ssd().code_lists[parameters["list"]].codes
    codes = tuple(code for code in codes if code != parameters["alone"])
    # Any stride through a prime number of codes meets each of them once; 43 codes are.
    start = f"draw(seed, '{name}', {len(codes)})"
    stride = f"(1 + draw(seed, '{name} stride', {len(codes) - 1}))"
    place = f"1 + ({start} + i * {stride}) % {len(codes)}"
    number = f"json_array_length({name})::INTEGER"
    chosen = f"list_sort(list_transform(range({number}), lambda i: {array(codes)}[{place}]))"
    return _where_said(name, f"'[\"' || array_to_string({chosen}, '\",\"') || '\"]'")


def _flags_json(assignment: Assignment) -> str:
    """Draw an object with every flag, without reading what is there."""
    name, keys = assignment.column.name, ssd().outcomes[assignment.column.name]
    tied, _, leader = assignment.parameters.get("ties", "").partition(":")
    yes, no = ("Y", "N") if keys.count else ("Yes", "No")
    members, counted = [], []
    for key in keys.flags:
        # The column that says the same draws from Y and N, in this order.
        flag = f"draw(seed, '{leader if key == tied else key}', 2) = 0"
        counted.append(f"({flag})::INTEGER")
        members.append(f"'\"{key}\":\"' || CASE WHEN {flag} THEN '{yes}' ELSE '{no}' END || '\"'")
    if keys.count:
        members.append(f"'\"{keys.count}\":' || ({' + '.join(counted)})")
    if keys.comments:
        text = "filler(seed, getvariable('sentences'), 1 + draw(seed, 'sentences', 3))"
        members.append(f"'\"{keys.comments}\":\"' || {text} || '\"'")
    inside = ",\n    ".join(members)
    return _where_said(name, f"'{{' || concat_ws(',',\n    {inside}) || '}}'")


def _name(assignment: Assignment) -> str:
    name, part = assignment.column.name, assignment.parameters["part"]
    if part == "full":
        own = f"seed_of({name})"
        given = f"pick(getvariable('forenames'), {own}, 'forename')"
        return f"{given} || ' ' || pick(getvariable('surnames'), {own}, 'surname')"
    if part == "surname":
        return f"name_from({name}, getvariable('surnames'), seed, 'surname')"
    codes = ssd().code_lists["sex"].codes
    cases = " ".join(
        f"WHEN {codes.index(code)} THEN name_from({name}, getvariable('{pool}'), seed, 'forename')"
        for code, pool in (("M", "male"), ("F", "female"))
    )
    otherwise = f"name_from({name}, getvariable('forenames'), seed, 'forename')"
    sex = assignment.parameters["sex"]
    return f"CASE draw(seed, '{sex}', {len(codes)}) {cases} ELSE {otherwise} END"


def _address_json(assignment: Assignment) -> str:
    name = assignment.column.name
    members = " || ',' || ".join(
        f"'\"{key}\":\"' || CASE WHEN {name}_parts[{place}] = '' THEN '' ELSE {value} END || '\"'"
        for place, (key, value) in enumerate(ADDRESS.items(), start=1)
    ).replace("{seed}", f"seed_of({name})")
    return _where_said(name, f"'{{' || {members} || '}}'")


def _label(assignment: Assignment) -> str:
    name, parameters = assignment.column.name, assignment.parameters
    if "follows" in parameters:
        labels = ssd().code_lists[assignment.column.code_list or ""].labels
        text = f"pick({array(labels)}, seed, '{parameters['follows']}')"
    else:
        seed = f"seed_of({parameters['key']})" if "key" in parameters else "seed"
        text = _NAMED[parameters["pool"]].replace("{seed}", seed)
    return _where_said(name, f"left({text}, {assignment.column.width or 4000})")


def _number(assignment: Assignment) -> str:
    name, parameters = assignment.column.name, assignment.parameters
    low, step = float(parameters["low"]), float(parameters.get("step", "1"))
    count = round((float(parameters["high"]) - low) / step) + 1
    stays = f" OR {name} = {parameters['fixed']}" if "fixed" in parameters else ""
    drawn = f"{low} + {step} * draw(seed, '{name}', {count})"
    return f"CASE WHEN {name} IS NULL{stays} THEN {name} ELSE {drawn} END"


def _free_text(assignment: Assignment) -> str:
    name = assignment.column.name
    text = f"filler(seed, getvariable('sentences'), 1 + draw(seed, '{name}', 4))"
    return _where_said(name, f"left({text}, {assignment.column.width or 4000})")


_TREATMENTS: dict[str, Callable[[Assignment], str]] = {
    "identifier": _identifier,
    "date": _date,
    "code": _code,
    "code_list_json": _code_list_json,
    "flags_json": _flags_json,
    "name": _name,
    "postcode": lambda assignment: f"postcode({assignment.column.name})",
    "address_json": _address_json,
    "label": _label,
    "number": _number,
    "free_text": _free_text,
    "keep": lambda assignment: assignment.column.name,
    "clear": lambda assignment: "NULL",
}
