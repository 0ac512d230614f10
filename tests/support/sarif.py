"""Holds SARIF logs against the published schema: `sarif.py FOLDER LOG...`, where FOLDER is what services.py prepares."""

import json
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder))

import jsonschema  # noqa: E402  (it lies in that folder)

schema = json.loads((folder / "sarif-schema-2.1.0.json").read_text())
validator = jsonschema.validators.validator_for(schema)(schema)
faults = 0
for log in sys.argv[2:]:
    for fault in validator.iter_errors(json.loads(pathlib.Path(log).read_text(encoding="utf-8"))):
        faults += 1
        print(f"{log}: {fault.json_path}: {fault.message[:300]}")
sys.exit(1 if faults else 0)
