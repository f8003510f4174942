"""What parliament and cloudsplaining say of policies: files in, one JSON object out."""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument
from parliament import analyze_policy_string

# Lists of actions that need no further word when they are empty.
QUESTIONS = (
    "allows_privilege_escalation",
    "permissions_management_without_constraints",
    "allows_data_exfiltration_actions",
    "credentials_exposure",
    "service_wildcard",
    "infrastructure_modification",
)


def judged(text):
    document = json.loads(text)
    statements = document["Statement"]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if '"Sid":' in line]
    found = []
    for finding in analyze_policy_string(text).findings:
        # A finding names the line on which its statement begins, the one before that of its name.
        line = (finding.location or {}).get("line")
        sid = statements[lines.index(line + 1)]["Sid"] if line and line + 1 in lines else ""
        found.append({"statement": sid, "issue": finding.issue, "detail": str(finding.detail)})
    policy = PolicyDocument(document)
    return {"parliament": found, "cloudsplaining": {name: getattr(policy, name) for name in QUESTIONS}}


print(json.dumps({file: judged(open(file, encoding="utf-8").read()) for file in sys.argv[1:]}))
