"""Statistical checks of what an answer has drawn; a right answer does not fail by chance.

Of n draws from a normal distribution the mean has a standard error of σ/√n, the standard
deviation one of σ/√(2n), the kurtosis (3) one of √(24/n), and a correlation one of 1/√n.
All are near enough to normal, the kurtosis from n = 90,000 on, for a figure that is seven
standard errors out to have a probability of about 3·10⁻¹². For fewer draws the kurtosis
has longer tails, and ten are allowed.

And the checks are sharp: of 90,000 draws, a deviation that is 2 % off is 8 standard errors
out. A uniform distribution has a kurtosis of 1.8, which is 73 out; one that is cut off at
two deviations 2.4, at three 2.8 (38 and 10 out).

Of n draws that are uniform between ±b the mean has a standard error of b/√(3n), and the variance
one of 0.3·b²/√n. No draw is beyond b, and one is beyond b·(1 − 30/n) but with probability e⁻³⁰.
The largest distance between the distribution of the draws and the one that is expected is more
than 4/√n with a probability of 2e⁻³² (Kolmogorov and Smirnov).
"""

import itertools
import math

import torch
from torch import Tensor

from tests.harness.kit.expect import expect

ERRORS = 7  # standard errors
ERRORS_OF_FEW, FEW = 10, 90_000  # for the kurtosis of fewer draws than these
FEWEST = 50  # squares whose mean is told


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


def expect_uniform(drawn: Tensor, bound: float, *, call: str, says: str) -> None:
    """Reject a tensor whose entries are not independent draws between ``±bound``, all as likely.

    ``says`` is how the bound is computed.
    """
    w = drawn.detach().double()
    n = w.numel()
    mean, deviation, most = w.mean().item(), w.std().item(), w.abs().max().item()
    expect(
        most <= bound * (1 + 4 * torch.finfo(drawn.dtype).eps),
        call=call,
        gave=f"numbers up to {most:.4g}, with a deviation of {deviation:.2g}",
        expected=f"none beyond {bound:.4g}    {says}",
    )
    expect(
        abs(mean) < ERRORS * bound / math.sqrt(3 * n),
        call=call,
        gave=f"a mean of {mean:.2g}",
        expected=f"0: as many below as above, between ±{bound:.2g}    {says}",
    )
    expect(
        most > bound * (1 - 30 / n)
        and abs(deviation**2 * 3 / bound**2 - 1) < 0.9 * ERRORS / n**0.5,
        call=call,
        gave=f"numbers up to {most:.4g}, with a deviation of {deviation:.2g}",
        expected=f"up to {bound:.4g}, {bound / 3**0.5:.2g}    {says}, and its 1/√3",
    )
    ranks = torch.arange(1, n + 1, dtype=torch.float64) / n
    distance = (w.flatten().sort().values / (2 * bound) + 0.5 - ranks).abs().max().item()
    expect(
        distance < 4 / math.sqrt(n) + 1 / n,
        "The bounds are right, but not the shape: every number between them is as likely.",
        call=call,
        gave=f"{distance:.0%} too many below, or above, some number",
        expected="a uniform distribution",
    )
    if w.dim() == 2:
        _expect_independent(w, bound / math.sqrt(3), call)


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


def expect_share(
    chosen: Tensor, p: float, *, call: str, what: str, draws: int | None = None
) -> None:
    """Reject draws of which not a share of about ``p`` is chosen.

    ``what`` names those that are chosen; ``draws`` is how many there were, if not one an entry.
    """
    n = chosen.numel() if draws is None else draws
    share = chosen.double().mean().item()
    expect(
        abs(share - p) <= ERRORS * math.sqrt(p * (1 - p) / n),
        call=call,
        gave=f"{share:.2%} {what}",
        expected=f"{p:.2%}, within {ERRORS * math.sqrt(p * (1 - p) / n):.2%}",
    )


def expect_independent_choices(chosen: Tensor, p: float, *, call: str, what: str) -> None:
    """Reject choices of a share ``p`` that are not made for each entry by itself.

    Of m independent choices the number has a variance of m·p·(1 − p). So have the numbers in the
    rows, in the columns, in the images, …: in every part that has one index, or some, in common.
    The mean of k such squares has a standard error of √((2 + (1/(p(1 − p)) − 6)/m)/k). Squares have
    longer tails: 50 of normal numbers are ten standard errors above with a probability of 2·10⁻¹⁰.
    """
    squares = {}
    for size in range(1, chosen.dim()):
        for kept in itertools.combinations(range(chosen.dim()), size):
            summed = [axis for axis in range(chosen.dim()) if axis not in kept]
            counts = chosen.double().sum(summed)
            m, k = chosen.numel() // counts.numel(), counts.numel()
            if m > 1 and k >= FEWEST:
                variance = ((counts - m * p) ** 2).mean().item() / (m * p * (1 - p))
                error = math.sqrt((2 + (1 / (p * (1 - p)) - 6) / m) / k)
                squares[kept] = variance, 1 + ERRORS_OF_FEW * error, 1 - ERRORS * error
    for kept, (variance, most, least) in squares.items():
        axes = " and ".join(map(str, kept))
        expect(
            least < variance < most,
            "Decide for each entry by itself.",
            call=call,
            gave=f"{what} in the parts with one index of axis {axes}: their number has "
            f"{variance:.2g} times the variance",
            expected="that of independent choices",
        )
