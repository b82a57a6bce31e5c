"""One file for each kata: right answers written differently, which its tests must accept.

The form is that of the misconceptions. A class with ``mastery = False`` solves
its kata without mastering it, as the tutorial's own code does. ``MUTANTS`` lists the
mutants of the reference answer that are right as well, by what their text contains.
"""
