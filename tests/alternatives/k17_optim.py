"""Right answers to k17, written differently."""

from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

from solutions.k17_optim import Mnist_Logistic


class Tutorial:
    """The tutorial's own lines."""

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        return model, optim.SGD(model.parameters(), lr=lr)

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        n = len(x)
        for epoch in range(epochs):
            for i in range((n - 1) // bs + 1):
                start_i = i * bs
                end_i = start_i + bs
                xb = x[start_i:end_i]
                yb = y[start_i:end_i]
                pred = model(xb)
                loss = loss_func(pred, yb)

                loss.backward()
                opt.step()
                opt.zero_grad()


class Groups:
    """A group for each parameter, and the gradients cleared first."""

    def get_model(lr=0.5):
        model = nn.Sequential(nn.Linear(784, 10))
        return model, optim.SGD([{"params": [p]} for p in model.parameters()], lr)

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        for start in list(range(0, len(x), bs)) * epochs:
            opt.zero_grad()
            loss_func(model(x[start : start + bs]), y[start : start + bs]).backward()
            opt.step()


class Loader:
    """With what k19 is about."""

    def get_model(lr=0.5):
        pair = [Mnist_Logistic()]
        pair.append(optim.SGD(pair[0].parameters(), lr=lr, momentum=0, foreach=False))
        return tuple(pair)

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        train_dl = DataLoader(TensorDataset(x, y), bs)
        for _ in range(epochs):
            for xb, yb in train_dl:
                loss = loss_func(model(xb), yb)
                loss.backward()
                opt.step()
                model.zero_grad(set_to_none=False)


class Split:
    """torch splits the data, and a function takes the step."""

    def get_model(lr=0.5):
        model = Mnist_Logistic()
        opt = optim.SGD(model.parameters(), lr=1.0)
        opt.param_groups[0]["lr"] = lr
        return model, opt

    def fit(model, opt, loss_func, x, y, epochs=2, bs=64):
        def learn(xb, yb):
            loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()

        for _ in range(epochs):
            list(map(learn, x.split(bs), y.split(bs)))
