"""Every model says of each column whether it is personal; forgetting one fails a test.

`class Privacy: erase = {"name": BLANK}; keep = {"id", ...}` stands in the model. `erase` maps a
personal column to what the retention job leaves there, `keep` names the others.
"""

BLANK = ""
NULL = None
ERASED_EMAIL = "erased-%(id)s@invalid"
