"""PyTorch as written by hand: the models, and the usual loop."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from benchmarks._cases import PREDICTION_BATCH, Case

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Loop:
    """A network and its optimizer, trained on images that lie on the device."""

    def __init__(self, case: Case, x: np.ndarray) -> None:
        self.case = case
        self.x = on_device(x)
        if case.kind != "stack":
            kinds = {"dense": Dense, "conv": Convolutional, "vae": Variational}
            self.network = prepared(kinds[case.kind](case))
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


class LoopStack(Loop):
    """Small autoencoders, each trained on the codes of the one before."""

    def epoch(self) -> float:
        """Train the whole stack anew and return the loss of the outermost pair."""
        x = self.x
        pairs: list[Dense] = []
        losses = []
        for sizes in pairwise((784, *self.case.layers)):
            kind = Pair if pairs else Dense
            pair = prepared(kind(Case("dense", sizes[1:]), inputs=sizes[0]))
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


class Dense(nn.Module):
    """Dense layers down to the code and up again."""

    def __init__(self, case: Case, inputs: int = 784) -> None:
        super().__init__()
        self.penalty = case.penalty
        sizes = (inputs, *case.layers)
        self.encoder = nn.Sequential(*linear(sizes, nn.ReLU))
        self.decoder = nn.Sequential(*linear(sizes[::-1], nn.ReLU)[:-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return reconstructions."""
        return torch.sigmoid(self.decoder(self.encoder(x)))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy, and the penalty on the code."""
        code = self.encoder(x)
        loss = binary_cross_entropy_with_logits(self.decoder(code), x)
        if self.penalty:
            loss = loss + self.penalty * code.abs().sum() / len(x)
        return loss


class Pair(Dense):
    """A small autoencoder of codes, which are not negative."""

    def __init__(self, case: Case, inputs: int) -> None:
        super().__init__(case, inputs)
        self.decoder.append(nn.ReLU())

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the mean squared error."""
        return mse_loss(self.decoder(self.encoder(x)), x)


class Convolutional(nn.Module):
    """Convolutions with pooling down and upsampling up."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.noise = case.noise
        steps: list[nn.Module] = []
        channels = 1
        for filters in case.layers:
            # Sizes are rounded up, as by Keras's padding="same".
            pooling = nn.MaxPool2d(2, ceil_mode=True)
            steps += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), pooling]
            channels = filters
        for filters in reversed(case.layers):
            unpadded = case.unpadded and filters == case.layers[0]
            convolution = nn.Conv2d(channels, filters, 3, padding=0 if unpadded else 1)
            steps += [convolution, nn.ReLU(), nn.Upsample(scale_factor=2)]
            channels = filters
        self.logits = nn.Sequential(*steps, nn.Conv2d(channels, 1, 3, padding=1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return reconstructions."""
        return torch.sigmoid(self.logits(x))

    def loss(self, x: torch.Tensor) -> torch.Tensor:
        """Return the cross-entropy of what is made of the noisy images."""
        noisy = x
        if self.noise:
            noisy = (x + self.noise * torch.randn_like(x)).clamp(0.0, 1.0)
        return binary_cross_entropy_with_logits(self.logits(noisy), x)


class Variational(nn.Module):
    """A variational autoencoder of dense layers."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        *hidden, code = case.layers
        self.encoder = nn.Sequential(*linear((784, *hidden), nn.Tanh))
        self.mean = nn.Linear(hidden[-1], code)
        self.log_variance = nn.Linear(hidden[-1], code)
        self.decoder = nn.Sequential(*linear((code, *hidden[::-1], 784), nn.Tanh)[:-1])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the mean of the code becomes."""
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


def linear(sizes: Iterable[int], activation: type[nn.Module]) -> list[nn.Module]:
    """Return dense layers, an activation after each."""
    return [
        step
        for inputs, outputs in pairwise(sizes)
        for step in (nn.Linear(inputs, outputs), activation())
    ]


def prepared(network: nn.Module) -> nn.Module:
    """Return a network on the device, with Keras's first weights: comparable losses."""
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return network.to(DEVICE)


def on_device(x: np.ndarray) -> torch.Tensor:
    """Return images as torch wants them: channels in front."""
    x = torch.from_numpy(x).to(DEVICE)
    return x.movedim(-1, 1).contiguous() if x.ndim == 4 else x
