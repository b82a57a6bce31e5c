"""Statistical checks of what an answer has drawn; a right answer does not fail by chance.

Of n draws from a normal distribution the mean has a standard error of σ/√n, the standard
deviation one of σ/√(2n), the kurtosis (3) one of √(24/n), and a correlation one of 1/√n.
All are near enough to normal, the kurtosis from n = 90,000 on, for a figure that is seven
standard errors out to have a probability of about 3·10⁻¹². For fewer draws the kurtosis
has longer tails, and ten are allowed.

And the checks are sharp: of 90,000 draws, a deviation that is 2 % off is 8 standard errors
out. A uniform distribution has a kurtosis of 1.8, which is 73 out; one that is cut off at
two deviations 2.4, at three 2.8 (38 and 10 out).
"""

import math

from torch import Tensor

from tests.harness.kit.expect import expect

ERRORS = 7  # standard errors
ERRORS_OF_FEW, FEW = 10, 90_000  # for the kurtosis of fewer draws than these


def expect_normal(drawn: Tensor, deviation: float, *, call: str, says: str) -> None:
    """Reject a matrix whose entries are not independent draws of a normal distribution.

    Its mean is zero; ``says`` is how the standard deviation is computed.
    """
    w = drawn.detach().double()
    n = w.numel()
    mean, found = w.mean().item(), w.std().item()
    digits = 2 if f"{found:.2g}" != f"{deviation:.2g}" else 4
    expect(
        abs(found / deviation - 1) < ERRORS / math.sqrt(2 * n),
        call=call,
        gave=f"a standard deviation of {found:.{digits}g}",
        expected=f"{deviation:.{digits}g}    {says}",
    )
    expect(
        abs(mean) < ERRORS * deviation / math.sqrt(n),
        call=call,
        gave=f"a mean of {mean:.2g}",
        expected="0",
    )
    kurtosis = ((w - mean) ** 4).mean().item() / found**4
    errors = ERRORS_OF_FEW if n < FEW else ERRORS
    expect(
        abs(kurtosis - 3) < errors * math.sqrt(24 / n),
        "The spread is right, but not the shape: draw from a normal distribution "
        "(`torch.randn`), not from a uniform or a cut-off one.",
        call=call,
        gave=f"a kurtosis of {kurtosis:.1f}",
        expected="3, as a normal distribution has",
    )
    _expect_independent(w, deviation, call)


def _expect_independent(w: Tensor, deviation: float, call: str) -> None:
    """Reject a matrix in which a row or column resembles the one before it."""
    for what, one, other in (("row", w[1:], w[:-1]), ("column", w[:, 1:], w[:, :-1])):
        if one.numel() <= 0.9 * w.numel():
            continue
        alike = (one * other).mean().item() / deviation**2
        expect(
            abs(alike) < ERRORS / math.sqrt(one.numel()),
            f"Draw every weight by itself: each {what} resembles the one before it.",
            call=call,
            gave=f"a correlation of {alike:.2f} between neighbours",
            expected="0",
        )
