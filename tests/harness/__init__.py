"""The machinery that every kata's tests share; each room knows only those above it.

========================  ==========================================================
``house``                 where things are, and what a kata is called
``wrong``                 how a wrong answer is told, apart from how it is printed
``show``                  values as a learner reads them, and whatever else is written
``genuine``               whether a result is what it says it is
``compiler``              torch's compiler, put off until somebody asks for it
``guard``                 running an answer without letting it change the world
``answers``               loading one kata's answer from a folder
``strays``                files that are almost named like an answer
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
``processes``             forking, capping what is forked, and leaving nothing behind
``seal``                  whether an answer has replaced what its verdict hangs on
``sentry``                what an answer may not reach for: files, processes, hosts
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
``slips``                 a right answer and a wrong one to each kata
``measure``               how long a check takes, as ratios measured side by side
``soak``                  ``--watch`` under random saves, keys and kills
``misbehaviour``          what answers do that they should not
``court``                 whether a check keeps its promises, whatever answers do
``fuzz``                  answers put together at random, before that court
``program``               the program that the thirty katas come to
========================  ==========================================================
"""
