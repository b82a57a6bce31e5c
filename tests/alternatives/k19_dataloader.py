"""Right answers to k19, written differently."""

import torch
from torch.utils.data import BatchSampler, DataLoader, SequentialSampler


class Tutorial:
    """The tutorial's own lines."""

    def make_loader(train_ds, bs):
        return DataLoader(train_ds, batch_size=bs)

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for epoch in range(epochs):
            for xb, yb in train_dl:
                pred = model(xb)
                loss = loss_func(pred, yb)

                loss.backward()
                opt.step()
                opt.zero_grad()


class Sampler:
    """The batches are chosen by a sampler, and the gradients cleared first."""

    def make_loader(train_ds, bs):
        batches = BatchSampler(SequentialSampler(train_ds), bs, drop_last=False)
        return DataLoader(train_ds, batch_sampler=batches)

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for batch in train_dl:
                opt.zero_grad()
                loss_func(model(batch[0]), batch[1]).backward()
                opt.step()


class Iterator:
    """With an iterator for each epoch, asked until it ends."""

    def make_loader(train_ds, bs):
        return DataLoader(dataset=train_ds, shuffle=False, batch_size=min(bs, len(train_ds)))

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            batches = iter(train_dl)
            while (batch := next(batches, None)) is not None:
                xb, yb = batch
                loss = loss_func(model(xb), yb)
                loss.backward()
                opt.step()
                opt.zero_grad(set_to_none=False)


class Recursive:
    """An epoch, and then the others."""

    def make_loader(train_ds, bs):
        def collate(rows):
            return [row.new_tensor(0) if row is None else row for row in train_ds[rows]]

        class Rows:
            def __len__(self):
                return len(train_ds)

            def __getitem__(self, i):
                return i

        return DataLoader(Rows(), bs, collate_fn=collate)

    def fit(model, opt, loss_func, train_dl, epochs=2):
        if epochs < 1:
            return
        for xb, yb in train_dl:
            loss_func(model(xb), yb).backward()
            opt.step()
            opt.zero_grad()
        Recursive.fit(model, opt, loss_func, train_dl, epochs - 1)


class BatchesInAList:
    """A list gives its batches again at each pass, and the gradients are cleared late."""

    def make_loader(train_ds, bs):
        return list(DataLoader(train_ds, batch_size=bs))

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for epoch in range(epochs):
            for batch in iter(train_dl):
                loss = loss_func(model(batch[0]), batch[1])
                opt.zero_grad()
                loss.backward()
                opt.step()


class OwnLoader:
    """A class of its own, whose passes switch autograd off only while they slice."""

    def make_loader(train_ds, bs):
        class Batches:
            def __iter__(self):
                for start in range(0, len(train_ds), bs):
                    with torch.no_grad():
                        batch = train_ds[start : start + bs]
                    yield batch

        return Batches()

    def fit(model, opt, loss_func, train_dl, epochs=2):
        for _ in range(epochs):
            for xb, yb in list(train_dl):
                opt.zero_grad()
                torch.autograd.backward(loss_func(model(xb), yb))
                opt.step()
