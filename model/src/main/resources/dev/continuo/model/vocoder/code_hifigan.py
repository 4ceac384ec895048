# CodeHiFiGAN (textlesslib, textless/vocoders/hifigan/generator.py) as a pipeline of fixed shape:
# each step takes N frames and gives N hops of samples that lie a constant delay behind. Every layer
# keeps the inputs that its next output needs, so nothing is computed twice; rows outside the
# utterance are held at zero, which is the padding every layer asks for at its own input.
# Convolutions: pre, then a stage's blocks (convs1.0, convs2.0, convs1.1 ...), stage by stage, post.
# Linear layers: the transposed convolutions (taps and outputs as rows), then conv1, conv2 and proj
# of the duration predictor. Vectors: biases of the transposed convolutions, then weight and bias of
# the duration predictor's norms.
# State: history of pre; a stage's open sums, then for each block its histories and the delay that
# brings it level with the block that looks furthest; history of post.
class Vocoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  rates : List[int]
  kernels : List[int]
  block_kernels : List[int]
  depths : List[int]
  dilations : List[int]
  tables : List[Tensor]
  c : List[Tensor]
  cb : List[Tensor]
  vectors : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.Vocoder, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.Vocoder, x: Tensor) -> int:
    return __torch__.keep(x, self.vectors)

  def table(self: __torch__.Vocoder, x: Tensor) -> int:
    return __torch__.keep(x, self.tables)

  # (voices, width of a vector) -> (voices, width of an embedding)
  def voices(self: __torch__.Vocoder, vectors: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear(vectors, torch.to(weight, 6), torch.to(bias, 6))

  def convolution(self: __torch__.Vocoder, parts: List[Tensor], bias: Tensor, dilation: int, rows: int) -> int:
    return __torch__.pack_convolution(__torch__.fold(parts, 0), [bias], 1, dilation, 1, rows, self.c, self.cb)

  # (inputs, outputs, taps) -> (blocks of `rate` taps x outputs, inputs)
  def upsampling(self: __torch__.Vocoder, parts: List[Tensor], bias: Tensor, rate: int, way: int) -> int:
    w = __torch__.fold(parts, 0)
    taps = torch.size(w, 2)
    w = torch.constant_pad_nd(w, [0, (taps + rate - 1) // rate * rate - taps])
    w = torch.reshape(torch.permute(w, [2, 1, 0]), [-1, torch.size(w, 0)])
    bad = __torch__.keep(bias, self.vectors)
    none = annotate(List[Tensor], [])
    return bad + __torch__.pack([w], none, self.p, self.q, self.w, self.b, way)

  # A signal of nothing, in memory as convolutions want it.
  def silence(self: __torch__.Vocoder, channels: int, length: int) -> Tensor:
    return __torch__.signal(torch.to(torch.zeros([length, channels]), self.tables[0]))

  # One residual block on a signal from start on; its output lies `delay` behind. Its first
  # convolution is c, its first history s, its first dilation d.
  def block(self: __torch__.Vocoder, x: Tensor, start: int, end: int, j: int, c: int, d: int, state: List[Tensor], s: int) -> Tensor:
    n = torch.size(x, 3)
    p2 = (self.block_kernels[j] - 1) // 2
    at = start
    for m in range(self.depths[j]):
      dilation = self.dilations[d + m]
      p1 = p2 * dilation
      k = c + 2 * m
      z = torch.cat([state[s + 2 * m], x], 3)
      _0 = torch.copy_(state[s + 2 * m], torch.narrow(z, 3, n, 2 * p1))
      y = __torch__.convolve(torch.leaky_relu(z, 0.10000000000000001), self.c[k], self.cb[k], 1, dilation, 1)
      y = torch.leaky_relu_(__torch__.clip_signal(y, at - p1, end), 0.10000000000000001)
      y = torch.cat([state[s + 2 * m + 1], y], 3)
      _1 = torch.copy_(state[s + 2 * m + 1], torch.narrow(y, 3, n, 2 * p2))
      y = __torch__.convolve(y, self.c[k + 1], self.cb[k + 1], 1, 1, 1)
      at = at - p1 - p2
      x = __torch__.clip_signal(torch.add_(y, torch.narrow(z, 3, p1 - p2, n)), at, end)
    return x

  # Stage i on rows start .. at its input's rate -> rate times as many, from first_row(i, start) on.
  def stage(self: __torch__.Vocoder, i: int, x: Tensor, start: int, end: int, c: int, state: List[Tensor], s: int) -> Tensor:
    n = torch.size(x, 0)
    rate = self.rates[i]
    taps = self.kernels[i]
    parts = (taps + rate - 1) // rate
    y = __torch__.linear(torch.leaky_relu(x, 0.10000000000000001), self.p, self.q, self.w, self.b, i)
    y = torch.view(y, [n, parts, -1])
    sums = torch.cat([state[s], torch.zeros_like(torch.select(y, 1, 0))], 0)
    for j in range(parts):
      _0 = torch.add_(torch.narrow(sums, 0, j, n), torch.select(y, 1, j))
    _1 = torch.copy_(state[s], torch.narrow(sums, 0, n, parts - 1))
    x = torch.add(torch.view(torch.narrow(sums, 0, 0, n), [n * rate, -1]), self.vectors[i])
    first = start * rate - (taps - rate) // 2
    x = __torch__.signal(__torch__.clip(x, first, end * rate))
    s = s + 1
    d = 0
    total = torch.zeros_like(x)
    for j in range(len(self.block_kernels)):
      y = self.block(x, first, end * rate, j, c, d, state, s)
      s = s + 2 * self.depths[j]
      delay = torch.size(state[s], 3)
      if delay > 0:
        y = torch.cat([state[s], y], 3)
        _2 = torch.copy_(state[s], torch.narrow(y, 3, n * rate, delay))
      total = torch.add_(total, torch.narrow(y, 3, 0, n * rate))
      c = c + 2 * self.depths[j]
      d = d + self.depths[j]
      s = s + 1
    return __torch__.rows(torch.div_(total, float(len(self.block_kernels))))

  # States and convolutions of one stage.
  def states(self: __torch__.Vocoder) -> int:
    n = 1
    for j in range(len(self.depths)):
      n = n + 2 * self.depths[j] + 1
    return n

  # units (N) at frames start ..; end: frames of the utterance, if known. Returns rows of the first
  # stage.
  def front(self: __torch__.Vocoder, units: Tensor, start: int, end: int, speaker: int, style: int, state: List[Tensor]) -> Tensor:
    n = torch.size(units, 0)
    x = torch.embedding(self.tables[0], units)
    others = [speaker, style]
    for i in range(2):
      if others[i] >= 0:
        row = torch.narrow(self.tables[1 + i], 0, others[i], 1)
        x = torch.cat([x, torch.expand(row, [n, -1])], 1)
    z = torch.cat([state[0], __torch__.clip(x, start, end)], 0)
    _0 = torch.copy_(state[0], torch.narrow(z, 0, n, 6))
    y = __torch__.convolution(z, self.c[0], self.cb[0], 1, 1, 1)
    return self.stage(0, __torch__.clip(y, start - 3, end), start - 3, end, 1, state, 1)

  # The same on a copy of the state, for frames that are not there.
  def ahead(self: __torch__.Vocoder, frames: int, start: int, speaker: int, style: int, state: List[Tensor]) -> Tensor:
    copies = annotate(List[Tensor], [])
    for i in range(1 + self.states()):
      _0 = torch.append(copies, torch.clone(state[i]))
    units = torch.to(torch.zeros([frames]), torch.to(torch.select(self.tables[0], 1, 0), 4))
    return self.front(units, start, start, speaker, style, copies)

  # Rows behind the first `skip` of those certain.
  def rest(self: __torch__.Vocoder, certain: Tensor, skip: int) -> Tensor:
    n = torch.size(certain, 0)
    skip = ops.prim.min(n, skip)
    return torch.narrow(certain, 0, skip, n - skip)

  # The same of certain rows and those ahead, `count` or none.
  def join(self: __torch__.Vocoder, certain: Tensor, ahead: Tensor, skip: int, count: int) -> Tensor:
    if count > 0:
      rows = torch.narrow(torch.cat([certain, ahead], 0), 0, skip, count)
    else:
      rows = torch.narrow(certain, 0, 0, 0)
    return rows

  # Rows start .. of the first stage's output, of which the utterance has `end` -> samples
  def back(self: __torch__.Vocoder, x: Tensor, start: int, end: int, state: List[Tensor]) -> Tensor:
    lag = 0
    for j in range(len(self.depths)):
      own = 0
      d = 0
      for i in range(j):
        d = d + self.depths[i]
      for m in range(self.depths[j]):
        own = own + (self.block_kernels[j] - 1) // 2 * (self.dilations[d + m] + 1)
      lag = ops.prim.max(lag, own)
    blocks = self.states()
    convs = blocks - 1 - len(self.depths)
    for i in range(1, len(self.rates)):
      x = self.stage(i, x, start, end, 1 + i * convs, state, 1 + i * blocks)
      start = start * self.rates[i] - (self.kernels[i] - self.rates[i]) // 2 - lag
      end = end * self.rates[i]
    n = torch.size(x, 0)
    h = len(state) - 1
    z = torch.cat([state[h], torch.leaky_relu(x, 0.01)], 0)
    _0 = torch.copy_(state[h], torch.narrow(z, 0, n, 6))
    y = __torch__.convolution(z, self.c[len(self.c) - 1], self.cb[len(self.cb) - 1], 1, 1, 1)
    return torch.tanh(torch.flatten(y, 0, -1))

  # Unit and neighbours (2 + m + 2) at positions start - 2 ..; those outside [0, end) are padding of
  # each convolution's own input. Returns log(duration + 1) of the m in the middle.
  def log_durations(self: __torch__.Vocoder, units: Tensor, start: int, end: int) -> Tensor:
    at = len(self.rates)
    x = __torch__.clip(torch.embedding(self.tables[0], units), start - 2, end)
    for i in range(2):
      x = torch.flatten(torch.unfold(x, 0, 3, 1), 1, -1)
      x = torch.relu(__torch__.linear(x, self.p, self.q, self.w, self.b, at + i))
      x = torch.layer_norm(x, [torch.size(x, 1)], self.vectors[at + 2 * i], self.vectors[at + 2 * i + 1], 1.0000000000000001e-05)
      if i == 0:
        x = __torch__.clip(x, start - 1, end)
    return torch.flatten(__torch__.linear(x, self.p, self.q, self.w, self.b, at + 2), 0, -1)

  # torch.round rounds halves to even
  def durations(self: __torch__.Vocoder, units: Tensor, start: int, end: int, longest: int) -> Tensor:
    d = torch.round(torch.sub(torch.exp(self.log_durations(units, start, end)), 1.0))
    return torch.to(torch.clamp(d, 1.0, float(longest)), 4)
