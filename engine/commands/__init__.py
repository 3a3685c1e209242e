"""What can be done: one small class per verb, by noun; each runs inside one transaction of the process engine."""
