"""OpenFisca-Core over the same enterprises and rules: called with a folder that holds full.parquet and rules.json, and how often.

It prints the seconds of its fastest run, the matches, and the greatest memory that it ever held.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026"
ENTITY = build_entity(key="enterprise", plural="enterprises", label="enterprise", is_person=True)
SIGNS = {">=": np.greater_equal, "<=": np.less_equal, "!=": np.not_equal}


def main(folder: Path, times: int) -> None:
    file = pq.ParquetFile(folder / "full.parquet")
    rules = json.loads((folder / "rules.json").read_text())
    system = TaxBenefitSystem([ENTITY])
    values = {field.name: column(file, field) for field in file.schema_arrow}
    for name, (type_, default, codes, _) in values.items():
        system.add_variable(
            variable(name, type_, default_value=default, **({"possible_values": codes} if codes else {}))
        )
    for key, terms in rules.items():
        codes = {name: one[2] for name, one in values.items()}
        system.add_variable(variable(key, bool, formula=formula(terms, codes)))
    best, matches = float("inf"), 0
    for _ in range(times):
        simulation = SimulationBuilder().build_default_simulation(system, file.metadata.num_rows)
        for name, (_, _, _, array) in values.items():
            simulation.set_input(name, PERIOD, array)
        began = time.perf_counter()
        found = [simulation.calculate(key, PERIOD) for key in rules]
        best = min(best, time.perf_counter() - began)
        matches = sum(int(one.sum()) for one in found)
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": best, "matches": matches, "mib": mib}))


def variable(name: str, type_: type, **about: Any) -> type[Variable]:
    body = {"value_type": type_, "entity": ENTITY, "definition_period": DateUnit.YEAR, "label": name, **about}
    return type(name, (Variable,), {key: one for key, one in body.items() if one is not None})


def column(file: pq.ParquetFile, field: pa.Field) -> tuple[type, Any, Any, Any]:
    """(its type, default, codes, values); text is an Enum, as OpenFisca has it, coded beforehand."""
    array = file.read([field.name], use_threads=False).column(0).combine_chunks()
    if pa.types.is_string(field.type):
        coded = array.dictionary_encode()
        codes = Enum(field.name, {text: text for text in coded.dictionary.to_pylist()})
        numbers = coded.indices.to_numpy().astype(np.int16)
        return Enum, next(iter(codes)), codes, EnumArray(numbers, codes)
    if pa.types.is_date(field.type):
        return date, None, None, array.to_numpy(zero_copy_only=False).astype("datetime64[D]")
    kind = bool if pa.types.is_boolean(field.type) else int if pa.types.is_integer(field.type) else float
    return kind, None, None, array.to_numpy(zero_copy_only=False)


def formula(terms: list[Any], codes: dict[str, Any]) -> Callable[..., Any]:
    """What one would write: the conditions as numpy does them."""

    def holds(enterprises: Any, period: Any, one: Any) -> Any:
        key, sign, value = one
        array = enterprises(key, period)
        if sign == "not":
            return ~array
        if sign == "in":
            return np.isin(np.asarray(array), [codes[key][text].index for text in value])
        if codes[key]:
            return np.asarray(array) != codes[key][value].index
        return SIGNS[sign](array, np.datetime64(value) if key == "founded" else value)

    def run(enterprises: Any, period: Any) -> Any:
        found = None
        for any_ in terms:
            part = holds(enterprises, period, any_[0])
            for one in any_[1:]:
                part = part | holds(enterprises, period, one)
            found = part if found is None else found & part
        return found

    return run


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
