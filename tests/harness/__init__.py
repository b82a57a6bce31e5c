"""The machinery that every kata's tests share; each room knows only those above it.

========================  ==========================================================
``house``                 where things are, and what a kata is called
``strays``                files whose names are almost a kata's
``wrong``                 how a wrong answer is told, apart from how it is printed
``show``                  values as a learner reads them
``compiler``              torch's compiler, put off until somebody asks for it
``guard``                 running an answer without letting it change the world
``answers``               loading one kata's answer from a folder
``shortcuts``             refusing the ready-made function that a kata is about
``compare``               what "agrees with torch" means
``strategies``            Hypothesis strategies for the field
``models``                models that several katas speak of
``training``              small models, data sets, losses and optimisers to train with
``digits``                the built-in digits
``web``                   a server on loopback that can misbehave
``gallery``               wrong answers and right ones that are kept as examples
``collection``            ``katas/k08_nll.py`` on the command line means its tests
``verdict``               from the exception that a test ended in to what is told of it
``bench``                 a kata's tests, tried on any answer
``diagnosis``             which known misconception an answer behaves like
``specimens``             the galleries' answers as test items
``isolation``             one child process for each kata
``mutation``              mutants of the reference answers as test items
``report``                what a person reads
``record``                what a program reads
``screen``                the terminal while ``--watch`` has it
``watch``                 save, verdict: the same fork, from a parent that stays
``cold``                  the same where there is no fork, only slower
``plugin``                all of these, put together for pytest
``command``               running pytest as a user does, for the machinery's own tests
``terminal``              a real pseudo-terminal, for the tests of what needs one
``measure``               how long a check takes, as ratios measured side by side
``soak``                  ``--watch`` under random saves, keys and kills
``program``               the program that the thirty katas come to
========================  ==========================================================
"""
