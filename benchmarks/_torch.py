"""PyTorch by hand: its own layers and Adam, and the usual loop."""

from collections.abc import Callable, Sequence
from itertools import chain, pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from benchmarks.cases import PREDICTION_BATCH, Case

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Trainer:
    """A network and its optimizer, trained on images that lie on the device."""

    def __init__(self, case: Case, x: np.ndarray) -> None:
        self.case, self.x = case, on_device(x)
        if case.kind != "stack":
            kind = Variational if case.kind == "vae" else Autoencoder
            self.network = prepared(kind(case))
            self.optimizer = torch.optim.Adam(self.network.parameters())

    def epoch(self) -> float:
        """Train one epoch and return its loss."""
        return train(self.network, self.optimizer, self.x, self.case.batch_size)

    @torch.inference_mode()
    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return reconstructions of many images."""
        batches = on_device(x).split(PREDICTION_BATCH)
        return torch.cat([self.network(batch) for batch in batches]).cpu().numpy()

    def one_image(self, x: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
        """Return the way to reconstruct a single image."""
        return {"call": lambda: self.predict(x)}


class StackTrainer(Trainer):
    """Small autoencoders, each trained on the codes of the one before."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair."""
        x, losses = self.x, []
        pairs: list[Autoencoder] = []
        for inputs, units in pairwise((784, *self.case.layers)):
            kind = Pair if pairs else Autoencoder
            pair = prepared(kind(Case("dense", (units,)), inputs))
            optimizer = torch.optim.Adam(pair.parameters())
            for _ in range(self.case.epochs):
                loss = train(pair, optimizer, x, self.case.batch_size)
            losses.append(loss)
            pairs.append(pair)
            with torch.no_grad():
                x = pair.encoder(x)
        encoders = [pair.encoder for pair in pairs]
        decoders = [pair.decoder for pair in reversed(pairs)]
        self.network = nn.Sequential(*encoders, *decoders, nn.Sigmoid())
        return losses[0]


def train(
    network: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, size: int
) -> float:
    """Train one epoch in a new order, and return the mean of its losses."""
    total = torch.zeros((), device=DEVICE)
    for rows in torch.randperm(len(x), device=DEVICE).split(size):
        loss = network.loss(x[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(rows)
    return total.item() / len(x)  # `item` waits for the device


def on_device(x: np.ndarray) -> torch.Tensor:
    """Return images as torch wants them: channels in front."""
    x = torch.from_numpy(x).to(DEVICE)
    return x.movedim(-1, 1).contiguous() if x.ndim == 4 else x


def prepared(network: nn.Module) -> nn.Module:
    """Return a network on the device, with Keras's initializer: comparable losses."""
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return network.to(DEVICE)


def linear(sizes: Sequence[int], activation: type[nn.Module]) -> nn.Sequential:
    """Return dense layers, with an activation after each."""
    steps = ((nn.Linear(*pair), activation()) for pair in pairwise(sizes))
    return nn.Sequential(*chain.from_iterable(steps))


def dense(case: Case, inputs: int) -> tuple[nn.Sequential, nn.Sequential]:
    """Return dense layers down to the code, and up again to logits."""
    sizes = (inputs, *case.layers)
    return linear(sizes, nn.ReLU), linear(sizes[::-1], nn.ReLU)[:-1]


def convolutional(case: Case) -> tuple[nn.Sequential, nn.Sequential]:
    """Return convolutions with pooling, and with upsampling to logits."""
    encoder, decoder = nn.Sequential(), nn.Sequential()
    for inputs, filters in pairwise((1, *case.layers)):
        # Sizes are rounded up, as by Keras's padding="same".
        pooling = nn.MaxPool2d(2, ceil_mode=True)
        convolution = nn.Conv2d(inputs, filters, 3, padding="same")
        encoder.extend([convolution, nn.ReLU(), pooling])
    for outputs, padding in case.decoder:
        convolution = nn.Conv2d(filters, outputs, 3, padding=padding)
        decoder.extend([convolution, nn.ReLU(), nn.Upsample(scale_factor=2)])
        filters = outputs
    return encoder, decoder.append(nn.Conv2d(filters, 1, 3, padding="same"))


class Autoencoder(nn.Module):
    """An encoder, and a decoder that returns logits."""

    def __init__(self, case: Case, inputs: int = 784) -> None:
        super().__init__()
        self.case = case
        made = convolutional(case) if case.kind == "conv" else dense(case, inputs)
        self.encoder, self.decoder = made

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return reconstructions."""
        return torch.sigmoid(self.decoder(self.encoder(x)))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy, from noisy images too, and the penalty."""
        noisy = x
        if self.case.noise:
            noisy = (x + self.case.noise * torch.randn_like(x)).clamp(0.0, 1.0)
        code = self.encoder(noisy)
        loss = binary_cross_entropy_with_logits(self.decoder(code), x)
        if self.case.penalty:
            loss = loss + self.case.penalty * code.abs().sum() / len(x)
        return loss


class Pair(Autoencoder):
    """A small autoencoder of codes, which are not negative."""

    def __init__(self, case: Case, inputs: int) -> None:
        super().__init__(case, inputs)
        self.decoder.append(nn.ReLU())

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the mean squared error."""
        return mse_loss(self.decoder(self.encoder(x)), x)


class Variational(nn.Module):
    """A variational autoencoder of dense layers."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        *hidden, code = case.layers
        self.encoder = linear((784, *hidden), nn.Tanh)
        self.mean = nn.Linear(hidden[-1], code)
        self.log_variance = nn.Linear(hidden[-1], code)
        self.decoder = linear((code, *hidden[::-1], 784), nn.Tanh)[:-1]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return reconstructions from the mean of the code."""
        return torch.sigmoid(self.decoder(self.mean(self.encoder(x))))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the negative bound, summed over pixels and code."""
        hidden = self.encoder(x)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        logits = self.decoder(code)
        reconstruction = binary_cross_entropy_with_logits(logits, x, reduction="sum")
        terms = log_variance.exp() + mean.square() - 1.0 - log_variance
        return (reconstruction + 0.5 * terms.sum()) / len(x)
