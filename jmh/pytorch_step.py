"""Times the training step of TrainingStepBenchmark in PyTorch: the same networks, batch, optimizer, data in device memory and device.

    python3 jmh/pytorch_step.py [--device cuda|cpu] [--model VAE,AUTOENCODER,CONTRACTIVE] [--threads N] [--seconds 2] [--output FILE.json]

Each step gathers a batch of uint8 pictures by a permutation drawn on the device and scales it, runs forward and backward and Adam, and adds the loss
to a sum on the device; nothing is read back inside the timed region, which starts and ends with the device idle. Ways:

    eager             the usual loop, torch.optim.Adam with its defaults
    eager-fused       the same with Adam(fused=True)
    compile           torch.compile(mode="reduce-overhead") of forward, loss and backward; Adam(fused=True)
    whole-step-graph  the whole step, optimizer included, captured by hand as one CUDA graph (CUDA only)

Float32 throughout, TF32 off, as Hourglass does unless told otherwise. Writes JSON of the shape JMH writes, which Report reads.
"""
import argparse
import json
import platform
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

BATCH = 128
PICTURES = 1000


class Autoencoder(nn.Module):
    """784-512-256-(32)-256-512-784, ReLU; a VAE with a Bernoulli likelihood, or squared error."""

    def __init__(self, variational):
        super().__init__()
        self.variational = variational
        self.encoder = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 64 if variational else 32))
        self.decoder = nn.Sequential(nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 784))

    def loss(self, x):
        code = self.encoder(x)
        if not self.variational:
            return F.mse_loss(self.decoder(code), x, reduction="sum") / x.shape[0]
        mean, log_variance = code.chunk(2, 1)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        reconstruction = F.binary_cross_entropy_with_logits(self.decoder(z), x, reduction="sum")
        kl = 0.5 * (log_variance.exp() + mean.square() - 1 - log_variance).sum()
        return (reconstruction + kl) / x.shape[0]

    def gigaflop(self):
        widths = [m for m in self.modules() if isinstance(m, nn.Linear)]
        products = sum(m.in_features * m.out_features for m in widths)
        return 2e-9 * BATCH * (3 * products - widths[0].in_features * widths[0].out_features)


class Contractive(nn.Module):
    """784-512-784, sigmoid, tied weights, Bernoulli likelihood, contractive penalty 0.1 in closed form."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(512, 784)))
        self.hidden_bias = nn.Parameter(torch.zeros(512))
        self.output_bias = nn.Parameter(torch.zeros(784))

    def loss(self, x):
        h = torch.sigmoid(F.linear(x, self.weight, self.hidden_bias))
        reconstruction = F.binary_cross_entropy_with_logits(F.linear(h, self.weight.t(), self.output_bias), x, reduction="sum")
        contraction = ((h * (1 - h)).square() * self.weight.square().sum(1)).sum()
        return (reconstruction + 0.1 * contraction) / x.shape[0]

    def gigaflop(self):
        return 2e-9 * BATCH * 5 * 512 * 784


MODELS = {"VAE": lambda: Autoencoder(True), "AUTOENCODER": lambda: Autoencoder(False), "CONTRACTIVE": Contractive}


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


class Loop:
    """A training loop of one way; step() does everything a step does."""

    def __init__(self, name, way, device, rows):
        torch.manual_seed(0)
        self.device = device
        self.model = MODELS[name]().to(device)
        pictures = (torch.rand(PICTURES, 784) * 256 * (torch.rand(PICTURES, 784) < 0.2)).to(torch.uint8)
        self.data = pictures.repeat((rows + PICTURES - 1) // PICTURES, 1)[:rows].to(device)
        graph = way == "whole-step-graph"
        options = {} if way == "eager" else {"fused": True}
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, capturable=graph, **options)
        self.total = torch.zeros((), dtype=torch.float64, device=device)
        self.loss = torch.compile(self.model.loss, mode="reduce-overhead") if way == "compile" else self.model.loss
        self.compiled = way == "compile"
        self.position = 0
        self.order = torch.randperm(rows, device=device)
        self.batch_rows = torch.empty(BATCH, dtype=torch.int64, device=device)
        self.captured = self.capture() if graph else None

    def body(self, rows):
        if self.compiled:
            torch.compiler.cudagraph_mark_step_begin()
        x = self.data[rows].float() / 255
        loss = self.loss(x)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.total += loss.detach()

    def capture(self):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        self.batch_rows.copy_(self.order[:BATCH])
        with torch.cuda.stream(side):
            for _ in range(3):
                self.body(self.batch_rows)
        torch.cuda.current_stream().wait_stream(side)
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.body(self.batch_rows)
        return graph

    def step(self):
        if self.position + BATCH > len(self.order):
            self.position = 0
            self.order = torch.randperm(len(self.order), device=self.device)
        rows = self.order[self.position:self.position + BATCH]
        self.position += BATCH
        if self.captured is None:
            self.body(rows)
        else:
            self.batch_rows.copy_(rows)
            self.captured.replay()


def measure(loop, steps, iterations):
    """Steps per second of each iteration, the device idle at both ends."""
    rates = []
    for _ in range(iterations):
        synchronize(loop.device)
        start = time.perf_counter()
        for _ in range(steps):
            loop.step()
        synchronize(loop.device)
        rates.append(steps / (time.perf_counter() - start))
    return rates


def check(loop, steps):
    """Training must lower the loss, which must be finite."""
    means = []
    for _ in range(2):
        loop.total.zero_()
        for _ in range(steps):
            loop.step()
        means.append(loop.total.item() / steps)
    if not means[1] < means[0]:
        sys.exit(f"pytorch_step: loss={means[1]} after loss={means[0]}, expected training to lower it")


def result(name, way, device_name, rates, gigaflop):
    def metric(values, unit):
        return {"score": statistics.median(values), "scoreUnit": unit, "rawData": [values]}

    return {"benchmark": "dev.hourglass.benchmark.TrainingStepBenchmark.pytorch", "mode": "thrpt",
            "params": {"model": name, "framework": f"pytorch-{torch.__version__} {way}", "device": device_name},
            "primaryMetric": metric(rates, "steps/s"),
            "secondaryMetrics": {"step": metric(rates, "steps/s"), "gigaflop": metric([r * gigaflop for r in rates], "GFLOP/s")}}


def main():
    parser = argparse.ArgumentParser(description="The training step of TrainingStepBenchmark in PyTorch")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--model", default=",".join(MODELS))
    parser.add_argument("--ways", default="")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each of the nine timed iterations, about")
    parser.add_argument("--output", default="")
    options = parser.parse_args()
    device = torch.device(options.device)
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.set_float32_matmul_precision("highest")
    torch.backends.cuda.matmul.allow_tf32 = False
    cuda = device.type == "cuda"
    ways = options.ways.split(",") if options.ways else ["eager", "eager-fused", "compile"] + (["whole-step-graph"] if cuda else [])
    label = "cuda" if cuda else f"cpu:{torch.get_num_threads()}"
    print(f"pytorch {torch.__version__} on {torch.cuda.get_device_name(device) if cuda else platform.processor() or platform.machine()}, {label}",
          file=sys.stderr)
    rows = BATCH * (1000 if cuda else 50)
    results = []
    for name in options.model.split(","):
        for way in ways:
            loop = Loop(name, way, device, rows)
            check(loop, 50)
            trial = statistics.median(measure(loop, 20, 3))
            rates = measure(loop, max(10, int(trial * options.seconds)), 9)
            results.append(result(name, way, label, rates, loop.model.gigaflop()))
            print(f"{name:12s} {way:17s} {1e3 / statistics.median(rates):9.4f} ms a step", file=sys.stderr, flush=True)
    text = json.dumps(results, indent=1)
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
