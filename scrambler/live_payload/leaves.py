"""Payloads taken apart into small SSD tables, and put together again from treated ones.

Each node becomes a frame with one row an object; each SSD table that its leaves come from becomes
a frame of that table's columns, its keys filled from the ids of the payload. After treatment the
values go back to where they stood.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from scrambler.live_payload.conversions import reasoned, to_column, to_leaf
from scrambler.payload.codes import code_of
from scrambler.payload.json_text import (
    day,
    json_arrays,
    json_object,
    member,
    nested,
)
from scrambler.payload.limits import max_length
from scrambler.payload.shape import Leaf, Node

Frames = dict[str, pl.DataFrame]
"""By node path: ``row``, ``parent``, ``child``, ``referral``, then the node's leaves."""

Pieces = dict[tuple[str, str], pl.DataFrame]
"""By node path and SSD table: that table's columns, one row an object of the node."""

_CHILD, _REFERRAL = pl.col("child"), pl.col("referral")
_NOBODY = ["NONE"]
_DISABILITIES = "$.child_details.disabilities[]"
_PLACEMENT = pl.col("child_looked_after_placement_id")
_EPISODES = "$.social_care_episodes[]"

_LINKS: dict[str, dict[str, pl.Expr]] = {
    "ssd_person": {"pers_person_id": _CHILD},
    "ssd_linked_identifiers": {
        "link_person_id": _CHILD,
        "link_identifier_type": pl.lit("Former Unique Pupil Number"),
    },
    "ssd_address": {"addr_person_id": _CHILD},
    "ssd_immigration_status": {"immi_person_id": _CHILD},
    "ssd_sdq_scores": {"csdq_person_id": _CHILD},
    "ssd_cin_episodes": {"cine_person_id": _CHILD},
    "ssd_cin_assessments": {"cina_person_id": _CHILD, "cina_referral_id": _REFERRAL},
    "ssd_assessment_factors": {"cinf_assessment_id": pl.col("child_and_family_assessment_id")},
    "ssd_cin_plans": {"cinp_person_id": _CHILD, "cinp_referral_id": _REFERRAL},
    "ssd_s47_enquiry": {"s47e_person_id": _CHILD, "s47e_referral_id": _REFERRAL},
    "ssd_initial_cp_conference": {
        "icpc_person_id": _CHILD,
        "icpc_s47_enquiry_id": pl.col("section_47_assessment_id"),
    },
    "ssd_cp_plans": {"cppl_person_id": _CHILD, "cppl_referral_id": _REFERRAL},
    "ssd_cla_placement": {"clap_person_id": _CHILD},
    # Without the referral: a placement that stands under two says the same of both.
    "ssd_cla_episodes": {
        "clae_person_id": _CHILD,
        "clae_cla_placement_id": _PLACEMENT,
        "clae_cla_episode_start_date": pl.col("start_date"),
        "clae_cla_episode_ceased_date": pl.col("end_date"),
    },
    "ssd_permanence": {"perm_person_id": _CHILD},
    "ssd_care_leavers": {"clea_person_id": _CHILD},
    "ssd_involvements": {"invo_person_id": _CHILD, "invo_referral_id": _REFERRAL},
    "ssd_professionals": {},
    "ssd_disability": {
        "disa_person_id": _CHILD,
        "disa_table_id": pl.concat_str(_CHILD, pl.lit(":"), pl.col("row")),
    },
}


def take_apart(payloads: pl.Series, root: Node) -> Frames:
    """Return the frames of all nodes; ``row`` of the root is the place of the payload."""
    decoded = payloads.str.json_decode(root.dtype()).alias("value").to_frame()
    frames: Frames = {}
    _unpack(
        root,
        decoded.with_row_index("row").with_columns(
            parent=pl.col("row"),
            child=pl.col("value").struct.field("la_child_id"),
            referral=pl.lit(None, dtype=pl.String),
        ),
        frames,
    )
    # NONE is a code like the others, and so is the one of builders that found no row: whether a
    # child has a disability is drawn.
    frames[_DISABILITIES] = (
        frames["$.child_details"]
        .select(pl.col("row").alias("parent"), "child", "disabilities")
        .explode("disabilities", empty_as_null=False)
        .with_row_index("row")
    )
    return frames


def _unpack(node: Node, rows: pl.DataFrame, frames: Frames) -> None:
    frame = rows.unnest("value")
    if node.path == _EPISODES:
        frame = frame.with_columns(referral="social_care_episode_id")
    frames[node.path] = frame.select("row", "parent", "child", "referral", *node.leaves)
    for key, below in node.nodes.items():
        values = frame.select(pl.col("row").alias("parent"), "child", "referral", value=key)
        if below.many:
            values = values.explode("value")
        _unpack(below, values.drop_nulls("value").with_row_index("row"), frames)


def pieces(frames: Frames, root: Node) -> Pieces:
    """Return the SSD rows of every node that has objects; each row has its keys and its leaves."""
    found: Pieces = {}
    for node in root.walk():
        frame = frames[node.path]
        if not frame.height:
            continue
        for table in dict.fromkeys(leaf.table for leaf in node.leaves.values() if leaf.table):
            leaves = {
                leaf.column: to_column(key, leaf)
                for key, leaf in node.leaves.items()
                if leaf.table == table and table != "ssd_disability"
            }
            if leaves:
                found[node.path, table] = frame.select(**(_LINKS[table] | leaves))
    disabilities = frames[_DISABILITIES]
    if disabilities.height:
        found[_DISABILITIES, "ssd_disability"] = disabilities.select(
            **_LINKS["ssd_disability"], disa_disability_code="disabilities"
        )
    return found


def columns_of_leaves(root: Node) -> dict[str, set[str]]:
    """Return, by table, the columns that leaves come from or that tell whose they are."""
    found = {table: set(links) for table, links in _LINKS.items()}
    for node in root.walk():
        for leaf in node.leaves.values():
            if leaf.table:
                found[leaf.table].add(leaf.column)
    return found


def put_back(frames: Frames, treated: Mapping[tuple[str, str], pl.DataFrame], root: Node) -> Frames:
    """Return ``frames`` that have objects, each leaf from its treated column, row for row."""
    scrambled = {
        node.path: _scrambled(node, frames[node.path], treated)
        for node in root.walk()
        if frames[node.path].height
    }
    if (_DISABILITIES, "ssd_disability") in treated:
        _set_disabilities(scrambled, frames[_DISABILITIES], treated)
    return scrambled


def put_together(scrambled: Frames, root: Node) -> pl.DataFrame:
    """Return person_id, legacy_id and json_payload, in the order of the payloads taken apart."""
    return (
        _packed(root, scrambled)
        .sort("row")
        .select(
            pl.col("la_child_id").alias("person_id"),
            pl.col("mis_child_id").alias("legacy_id"),
            "json_payload",
        )
    )


def _scrambled(
    node: Node, frame: pl.DataFrame, treated: Mapping[tuple[str, str], pl.DataFrame]
) -> pl.DataFrame:
    """Return the node's frame with its leaves from the treated columns."""
    # What comes from no column, and what is treated one by one, stays for now.
    as_was = [key for key, leaf in node.leaves.items() if leaf.table in ("", "ssd_disability")]
    result = frame.select("row", "parent", *as_was)
    for key, leaf in node.leaves.items():
        if key in as_was:
            continue
        columns = treated[node.path, leaf.table]
        result = result.with_columns(to_leaf(key, leaf, columns, frame[key]))
    return reasoned(result) if node.path == "$.child_details" else result


def _set_disabilities(
    scrambled: dict[str, pl.DataFrame],
    rows: pl.DataFrame,
    treated: Mapping[tuple[str, str], pl.DataFrame],
) -> None:
    code = "disa_disability_code"
    drawn = treated[_DISABILITIES, "ssd_disability"].select(
        code_of("ssd_disability", code, max_length("disabilities"))
    )
    codes = (
        rows.select("parent")
        .with_columns(drawn.to_series().alias(code))
        .drop_nulls()
        .unique()
        .sort("parent", code)
        .group_by("parent", maintain_order=True)
        .agg(drawn=code)
    )
    details = scrambled["$.child_details"]
    own = pl.col("disabilities").is_not_null()
    found = pl.col("drawn").fill_null(pl.lit(_NOBODY))
    scrambled["$.child_details"] = (
        details.join(codes, left_on="row", right_on="parent", how="left", maintain_order="left")
        .with_columns(disabilities=pl.when(own).then(found))
        .drop("drawn")
    )


def _packed(node: Node, scrambled: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the node's frame with ``json_payload``, the text of each object."""
    frame = scrambled[node.path]
    members = []
    for key, one in node.members.items():
        if isinstance(one, Leaf):
            members.append(_member(key, one))
        elif one.path in scrambled:
            frame = frame.join(_inside(one, scrambled, key), on="row", how="left")
            members.append(nested(key, pl.col(key)))
    return frame.with_columns(json_object(*members).alias("json_payload"))


def _inside(node: Node, scrambled: Mapping[str, pl.DataFrame], key: str) -> pl.DataFrame:
    """Return ``row`` of the parent, and its object or array as text under ``key``."""
    packed = _packed(node, scrambled)
    if not node.many:
        return packed.select(pl.col("parent").alias("row"), pl.col("json_payload").alias(key))
    arrays = json_arrays(packed.lazy(), "parent", node.newest, pl.col("json_payload"))
    return arrays.rename({"parent": "row", "array": key}).collect()


def _member(key: str, leaf: Leaf) -> pl.Expr:
    if leaf.form == "date":
        return day(key, pl.col(key))
    if leaf.form == "number":
        return member(key, pl.col(key).cast(pl.Int64))
    if leaf.form == "codes" and leaf.table != "ssd_disability":
        return nested(key, pl.col(key))
    return member(key, pl.col(key))
