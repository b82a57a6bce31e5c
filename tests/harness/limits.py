"""Every limit of a check, once. `tests/test_documents.py` holds the documentation against it."""

MB, GB = 1 << 20, 1 << 30

# Seconds.
TEST_SECONDS = 10.0  # for one test of a kata, unless --time-limit or its marker says otherwise
BETWEEN_TESTS_SECONDS = 10.0  # between two tests of a kata
SHRINKING_SECONDS = 2.0  # to look for the simplest input on which an answer is wrong
DIAGNOSIS_SECONDS = 4.0  # to find the misconception; it mostly takes less than one
REPOSITORY_TEST_SECONDS = 300.0  # for one test of the machinery
SEED_SECONDS = 10.0  # more than that for each of --seeds
MUTANT_SECONDS = 60.0  # for all tests of a kata on one mutant
BUSY_FACTOR = 10  # times its limit on the wall clock, after which a test ends in any case
DISK_CHECK_SECONDS = 0.5  # from one look at the size of a temporary folder to the next

# What an answer may take.
MEMORY_BYTES = 2 * GB  # besides what the tests have taken
FILE_BYTES = 256 * MB  # one file that it writes
FOLDER_BYTES, FOLDER_FILES = 1 * GB, 10_000  # its temporary folder
PROCESSES = 64  # at a time
ANSWER_BYTES = 1_000_000  # its own file

# What is shown and written.
TEXT_CHARACTERS = 65_535  # one text in a report, as in Exercism's format
PRINTED_LINES = 6  # of what an answer printed; the last ones belong to the input that is shown
MISNAMED_FILES = 5  # that are pointed out one by one

# Inputs for one test.
EXAMPLES = 25  # unless the test says otherwise
DIAGNOSIS_EXAMPLES = 6  # of the failing test, to hold an answer against a misconception
DIAGNOSIS_EXAMPLES_OF_OTHERS = 4  # of each other test
