"""The gate: the only way a number about people leaves.

`plan` says what will be shown, `model` is what leaves, `gate.make_release` is the way through,
`attacker` tries to undo it and shares no code with the rest.
"""
