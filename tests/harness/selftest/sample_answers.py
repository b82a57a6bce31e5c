"""A slip for each kata: the reference answer with one thing wrong, and where it is called."""

from tests.harness import catalog

# What the reference answer says, and what says something wrong in its place.
SLIPS = {
    "k01_download": ("response.content", "response.text.encode()"),
    "k02_unpickle": ("latin-1", "ascii"),
    "k03_show_digit": ("x.reshape(28, 28)", "x.reshape(28, 28).T"),
    "k04_to_tensors": ("int(y.max())", "int(y.max()) + 1"),
    "k05_init_weights": ("math.sqrt(n_in)", "n_in"),
    "k06_log_softmax": ("logsumexp(-1, ", "logsumexp(0, "),
    "k07_linear_model": ("dim=-1", "dim=0"),
    "k08_nll": (".mean()", ".sum()"),
    "k09_accuracy": ("dim=1", "dim=0"),
    "k10_minibatches": ("len(x), bs", "len(x) - bs + 1, bs"),
    "k11_sgd_step": ("p -= lr", "p += lr"),
    "k12_training_loop": ("p -= lr", "p += lr"),
    "k13_cross_entropy": ("F.cross_entropy(input", "F.nll_loss(input"),
    "k14_module": ("nn.Parameter", "Tensor"),
    "k15_parameters": ("p -= lr", "p += lr"),
    "k16_linear": ("self.lin(xb)", "self.lin(xb).relu()"),
    "k17_optim": ("opt.zero_grad()", "pass"),
    "k18_dataset": ("opt.zero_grad()", "pass"),
    "k19_dataloader": ("opt.zero_grad()", "pass"),
    "k20_validation": ("total / count", "total"),
    "k21_loss_batch": ("loss.item(), len(xb)", "loss.item(), 1"),
    "k22_fit": ("weights=nums", "weights=None"),
    "k23_get_data": ("shuffle=True", "shuffle=False"),
    "k24_cnn": ("padding=1", "padding=0"),
    "k25_momentum": ("p -= lr", "p += lr"),
    "k26_lambda": ("self.func(x)", "x"),
    "k27_sequential": ("nn.AvgPool2d(4)", "nn.MaxPool2d(4)"),
    "k28_wrapped_dataloader": ("self.func(*batch)", "batch"),
    "k29_accelerator": ("x.to(device), y.to(device)", "x, y"),
}
# The function or method that a kata's tests call most.
CALLED = {
    "k01_download": "download",
    "k02_unpickle": "load_mnist",
    "k03_show_digit": "show_digit",
    "k04_to_tensors": "describe",
    "k05_init_weights": "init_weights",
    "k06_log_softmax": "log_softmax",
    "k07_linear_model": "model",
    "k08_nll": "nll",
    "k09_accuracy": "accuracy",
    "k10_minibatches": "minibatches",
    "k11_sgd_step": "sgd_step",
    "k12_training_loop": "fit",
    "k13_cross_entropy": "loss_func",
    "k14_module": "Mnist_Logistic.forward",
    "k15_parameters": "fit",
    "k16_linear": "Mnist_Logistic.forward",
    "k17_optim": "fit",
    "k18_dataset": "fit",
    "k19_dataloader": "fit",
    "k20_validation": "validate",
    "k21_loss_batch": "loss_batch",
    "k22_fit": "fit",
    "k23_get_data": "get_data",
    "k24_cnn": "Mnist_CNN.forward",
    "k25_momentum": "momentum_step",
    "k26_lambda": "Lambda.forward",
    "k27_sequential": "get_model",
    "k28_wrapped_dataloader": "WrappedDataLoader.__iter__",
    "k29_accelerator": "to_device",
}


def right(stem: str) -> str:
    """Return the text of a right answer."""
    return (catalog.SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")


def wrong(stem: str) -> str:
    """Return the text of a wrong one, which differs from it by a slip."""
    before, after = SLIPS[stem]
    text = right(stem)
    assert before in text
    return text.replace(before, after)
