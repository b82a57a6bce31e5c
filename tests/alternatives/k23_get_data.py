"""Right answers to k23, written differently."""

import torch
from torch.utils.data import BatchSampler, DataLoader, RandomSampler, SequentialSampler


class Tutorial:
    """The tutorial's own lines."""

    def get_data(train_ds, valid_ds, bs):
        return (
            DataLoader(train_ds, batch_size=bs, shuffle=True),
            DataLoader(valid_ds, batch_size=bs * 2),
        )


class Samplers:
    """With the samplers that `shuffle` chooses."""

    def get_data(train_ds, valid_ds, bs):
        train_dl = DataLoader(train_ds, bs, sampler=RandomSampler(train_ds))
        return train_dl, DataLoader(valid_ds, bs + bs, sampler=SequentialSampler(valid_ds))


class BatchSamplers:
    """With samplers of whole batches."""

    def get_data(train_ds, valid_ds, bs):
        loaders = []
        for ds, kind, size in (
            (train_ds, RandomSampler, bs),
            (valid_ds, SequentialSampler, 2 * bs),
        ):
            loaders.append(DataLoader(ds, batch_sampler=BatchSampler(kind(ds), size, False)))
        return loaders


class OwnSampler:
    """An order that is drawn at the beginning of each pass."""

    def get_data(train_ds, valid_ds, bs):
        class Drawn:
            def __len__(self):
                return len(train_ds)

            def __iter__(self):
                yield from torch.rand(len(train_ds)).argsort().tolist()

        return DataLoader(train_ds, bs, sampler=Drawn()), DataLoader(
            valid_ds, 2 * bs, shuffle=False
        )


class OffWhileItLoads:
    """Autograd is off while a batch is put together, and as it was when that is there."""

    def get_data(train_ds, valid_ds, bs):
        class Quiet(DataLoader):
            def __iter__(self):
                batches = super().__iter__()
                while True:
                    with torch.no_grad():
                        batch = next(batches, None)
                    if batch is None:
                        return
                    yield batch

        return Quiet(train_ds, bs, shuffle=True), Quiet(valid_ds, bs * 2)
