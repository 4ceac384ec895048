# The source-filter vocoder as a pipeline of fixed shape: each step takes G units of each of some
# streams and gives 240 * 4 G samples of each that lie a constant delay behind (4 units and 9 frames). Rows outside the utterance are
# held at zero, which is the padding every block asks for at its own input.
# Linear layers: two a block (up, down), then harm, noise, pitch, d1, d2, dp.
# Vectors: five a block (dw weight as (kernel, width), dw bias, norm weight, norm bias, g), then
# weight and bias of the last norm, of n1 and of n2.
class Vocoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  unit_layers : int
  frame_layers : int
  upsampling : int
  kernel : int
  right : int
  hop : int
  taps : int
  fft : int
  rate : int
  f0_floor : float
  top : float
  embedding : List[Tensor]
  position : List[Tensor]
  excitation : List[Tensor]
  constants : List[Tensor]
  vectors : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.Vocoder, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.Vocoder, x: Tensor) -> int:
    return __torch__.keep(torch.contiguous(torch.t(torch.squeeze(x))), self.vectors)

  # constants: 0 window (taps), 1 fold of the cepstrum (fft), 2 lower noise band of each bin,
  # 3 upper one, 4 weight of the upper one, 5 window energy of the four frames over a hop (4, hop),
  # 6 and 7: interpolation weights of F0 in a frame's first and second half
  def tables(self: __torch__.Vocoder, embedding: Tensor, position: Tensor, excitation: Tensor, bands: int) -> int:
    bad = __torch__.keep(embedding, self.embedding)
    bad = bad + __torch__.keep(torch.unsqueeze(position, 0), self.position)
    bad = bad + __torch__.keep(excitation, self.excitation)
    e = self.excitation[0]
    window = torch.to(torch.hann_window(self.taps), e)
    half = self.fft // 2
    i = torch.arange(self.fft)
    fold = torch.add(torch.to(torch.lt(i, half + 1), e), torch.to(torch.logical_and(torch.gt(i, 0), torch.lt(i, half)), e))
    x = torch.div(torch.mul(torch.to(torch.arange(half + 1), 7), bands - 1), half)
    low = torch.clamp_max(torch.floor(x), bands - 2)
    energy = torch.view(torch.mul(window, window), [self.taps // self.hop, self.hop])
    r = torch.sub(torch.div(torch.add(torch.to(torch.arange(self.hop), 7), 0.5), self.hop), 0.5)
    _3 = torch.append(self.constants, window)
    _4 = torch.append(self.constants, fold)
    _5 = torch.append(self.constants, torch.to(torch.to(low, 4), torch.to(torch.arange(1), ops.prim.device(e))))
    _6 = torch.append(self.constants, torch.add(self.constants[2], 1))
    _7 = torch.append(self.constants, torch.to(torch.sub(x, low), e))
    _8 = torch.append(self.constants, energy)
    _9 = torch.append(self.constants, torch.to(torch.add(torch.narrow(r, 0, 0, self.hop // 2), 1.0), ops.prim.device(e)))
    _10 = torch.append(self.constants, torch.to(torch.narrow(r, 0, self.hop // 2, self.hop // 2), ops.prim.device(e)))
    return bad

  # Zeroes the rows of x (streams, n, ...) whose position is outside its stream's [0, rate * end); the
  # first one's is rate * start + shift.
  def clip(self: __torch__.Vocoder, x: Tensor, starts: List[int], ends: List[int], rate: int, shift: int) -> Tensor:
    n = torch.size(x, 1)
    for s in range(len(starts)):
      start = starts[s] * rate + shift
      end = ends[s] * rate
      if start < 0:
        _0 = torch.zero_(torch.narrow(torch.select(x, 0, s), 0, 0, ops.prim.min(n, -start)))
      if start + n > end:
        keep = ops.prim.max(0, end - start)
        _1 = torch.zero_(torch.narrow(torch.select(x, 0, s), 0, keep, n - keep))
    return x

  # x (streams, n, width): inputs from position rate * start + shift of each on; history (streams, kernel - 1, width):
  # those before, what takes their place is appended to `next`. Returns outputs from `right` before
  # that on, as many.
  def block(self: __torch__.Vocoder, x: Tensor, i: int, history: Tensor, starts: List[int], ends: List[int], rate: int, shift: int, next: List[Tensor]) -> Tensor:
    S = torch.size(x, 0)
    n = torch.size(x, 1)
    width = torch.size(x, 2)
    before = self.kernel - 1
    z = torch.cat([history, x], 1)
    _0 = torch.append(next, torch.narrow(z, 1, n, before))
    windows = torch.as_strided(z, [S, n, self.kernel, width], [(n + before) * width, width, width, 1])
    y = torch.sum(torch.mul(windows, self.vectors[5 * i]), [2])
    y = torch.add(y, self.vectors[5 * i + 1])
    y = torch.layer_norm(y, [width], self.vectors[5 * i + 2], self.vectors[5 * i + 3], 1.0000000000000001e-05)
    y = torch.gelu(__torch__.linear(y, self.p, self.q, self.w, self.b, 2 * i))
    y = __torch__.linear(y, self.p, self.q, self.w, self.b, 2 * i + 1)
    y = torch.addcmul(torch.narrow(z, 1, before - self.right, n), self.vectors[5 * i + 4], y)
    return self.clip(y, starts, ends, rate, shift - self.right)

  # units (streams, G) at positions start ..; end: number of units of the utterance, if known. Returns heads of
  # 4 G frames: log harmonic and noise amplitudes, voicing logit, log F0
  def heads(self: __torch__.Vocoder, units: Tensor, starts: List[int], ends: List[int], histories: Tensor) -> List[Tensor]:
    next = annotate(List[Tensor], [])
    L = self.unit_layers
    M = self.frame_layers
    U = self.upsampling
    x = self.clip(torch.embedding(self.embedding[0], units), starts, ends, 1, 0)
    for i in range(L):
      x = self.block(x, i, torch.select(histories, 1, i), starts, ends, 1, -i * self.right, next)
    first = -L * self.right * U
    x = torch.flatten(torch.add(torch.unsqueeze(x, 2), self.position[0]), 1, 2)
    x = self.clip(x, starts, ends, U, first)
    for i in range(M):
      x = self.block(x, L + i, torch.select(histories, 1, L + i), starts, ends, U, first - i * self.right, next)
    at = 5 * (L + M)
    x = torch.layer_norm(x, [torch.size(x, 2)], self.vectors[at], self.vectors[at + 1], 1.0000000000000001e-05)
    at = 2 * (L + M)
    noise = __torch__.linear(x, self.p, self.q, self.w, self.b, at + 1)
    low = torch.index_select(noise, 2, self.constants[2])
    high = torch.index_select(noise, 2, self.constants[3])
    noise = torch.add(low, torch.mul(torch.sub(high, low), self.constants[4]))
    pitch = __torch__.linear(x, self.p, self.q, self.w, self.b, at + 2)
    return [__torch__.linear(x, self.p, self.q, self.w, self.b, at), noise, torch.select(pitch, 2, 0), torch.select(pitch, 2, 1), torch.stack(next, 1)]

  # f0 (streams, n + 2) Hz float64 of frames first - 1 .. first + n, 0 unvoiced, first = U start +
  # shift; cycles (streams, 1): phase before frame `first`. Returns pulses of frames first .. first + n - 1,
  # (streams, n, hop), and the phase behind them
  def pulses(self: __torch__.Vocoder, f0: Tensor, starts: List[int], ends: List[int], shift: int, cycles: Tensor) -> List[Tensor]:
    n = torch.size(f0, 1) - 2
    U = self.upsampling
    voiced = torch.gt(f0, self.f0_floor)
    f = torch.clamp(torch.where(voiced, f0, torch.full_like(f0, 200.0)), 50.0, 500.0)
    for s in range(len(starts)):
      before = starts[s] * U + shift - 1
      last = ends[s] * U - 1
      if before < 0 or before + n + 1 > last:
        i = torch.sub(torch.clamp(torch.add(torch.arange(n + 2), before), 0, last), before)
        i = torch.to(torch.clamp(i, 0, n + 1), ops.prim.device(f))
        row = torch.select(f, 0, s)
        _0 = torch.copy_(row, torch.index_select(row, 0, i))
    f = torch.unsqueeze(f, 2)
    left = torch.narrow(f, 1, 0, n)
    middle = torch.narrow(f, 1, 1, n)
    right = torch.narrow(f, 1, 2, n)
    a = torch.add(left, torch.mul(torch.sub(middle, left), self.constants[6]))
    b = torch.add(middle, torch.mul(torch.sub(right, middle), self.constants[7]))
    f = torch.cat([a, b], 2)
    within = torch.cumsum(torch.div(f, float(self.rate)), 2)
    frame = self.clip(torch.clone(torch.select(within, 2, self.hop - 1)), starts, ends, U, shift)
    total = torch.cumsum(torch.cat([cycles, frame], 1), 1)
    t = torch.mul(torch.frac(torch.add(within, torch.unsqueeze(torch.narrow(total, 1, 0, n), 2))), 6.2831853071795862)
    H = torch.add(torch.floor(torch.div(torch.full_like(f, self.top), f)), 0.5)
    d = torch.mul(torch.sin(torch.mul(t, 0.5)), 2.0)
    near = torch.lt(torch.abs(d), 9.9999999999999995e-07)
    y = torch.where(near, H, torch.div(torch.sin(torch.mul(H, t)), torch.where(near, torch.ones_like(d), d)))
    y = torch.mul(torch.to(torch.sub(y, 0.5), 6), torch.unsqueeze(torch.to(torch.narrow(voiced, 1, 1, n), 6), 2))
    return [self.clip(y, starts, ends, U, shift), torch.narrow(total, 1, n, 1)]

  # log amplitudes (n, fft / 2 + 1) -> spectra of minimum phase
  def minimum_phase(self: __torch__.Vocoder, x: Tensor) -> Tensor:
    c = torch.fft_irfft(torch.complex(x, torch.zeros_like(x)), self.fft, -1, None)
    z = torch.fft_rfft(torch.mul(c, self.constants[1]), self.fft, -1, None)
    size = torch.exp(torch.real(z))
    phase = torch.imag(z)
    return torch.complex(torch.mul(size, torch.cos(phase)), torch.mul(size, torch.sin(phase)))

  # Spectra of frames first .. first + n - 1, first = U start + shift, filtered and summed into samples
  # of frames first - 2 ..; pulses (streams, n + 3, hop) of frames first - 2 ..; tail (streams, 3, hop): sums
  # that wait. Returns samples (streams, n * hop) and the sums that wait then
  def synthesis(self: __torch__.Vocoder, pulses: Tensor, harm: Tensor, noise: Tensor, starts: List[int], ends: List[int], shift: int, tail: Tensor) -> List[Tensor]:
    S = torch.size(harm, 0)
    n = torch.size(harm, 1)
    U = self.upsampling
    hop = self.hop
    parts = self.taps // hop
    window = self.constants[0]
    e = self.excitation[0]
    size = torch.size(e, 0)
    places = annotate(List[Tensor], [])
    for s in range(S):
      _4 = torch.append(places, torch.add(torch.arange((n + parts - 1) * hop), (starts[s] * U + shift - parts // 2) * hop))
    at = torch.remainder(torch.cat(places, 0), size)
    e = torch.index_select(e, 0, torch.to(at, ops.prim.device(e)))
    e = self.clip(torch.view(e, [S, n + parts - 1, hop]), starts, ends, U, shift - parts // 2)
    x = torch.stack([torch.flatten(pulses, 1, -1), torch.flatten(e, 1, -1)], 0)
    x = torch.fft_rfft(torch.mul(torch.unfold(x, 2, self.taps, hop), window), self.fft, -1, None)
    s = torch.div(torch.mul(torch.select(x, 0, 0), self.minimum_phase(torch.clamp_max(harm, 5.0))), float(hop))
    s = torch.add(s, torch.mul(torch.select(x, 0, 1), torch.exp(torch.clamp_max(noise, 3.0))))
    y = torch.mul(torch.narrow(torch.fft_irfft(s, self.fft, -1, None), 2, 0, self.taps), window)
    y = torch.view(self.clip(y, starts, ends, U, shift), [S, n, parts, hop])
    sums = torch.cat([tail, torch.zeros_like(torch.select(y, 2, 0))], 1)
    for i in range(parts):
      _0 = torch.add_(torch.narrow(sums, 1, i, n), torch.select(y, 2, i))
    waiting = torch.narrow(sums, 1, n, parts - 1)
    sums = torch.narrow(sums, 1, 0, n)
    energy = self.constants[5]
    whole = torch.sum(energy, [0])
    y = torch.div(sums, whole)
    for k in range(S):
      first = starts[k] * U + shift - parts // 2
      end = ends[k] * U
      if first <= 0 or first + n >= end:
        rows = annotate(List[Tensor], [])
        for i in range(n):
          r = whole
          if first + i <= 0:
            r = torch.sub(r, torch.select(energy, 0, parts - 1))
          if first + i >= end - 1:
            r = torch.sub(r, torch.select(energy, 0, 0))
          _2 = torch.append(rows, r)
        _3 = torch.copy_(torch.select(y, 0, k), torch.div(torch.select(sums, 0, k), torch.stack(rows, 0)))
    return [torch.flatten(y, 1, -1), waiting]

  def replace(self: __torch__.Vocoder, states: List[Tensor], by: Tensor) -> int:
    for s in range(len(states)):
      _0 = torch.copy_(states[s], torch.select(by, 0, s))
    return 0

  # One step of several streams, rows of all of which are done together: in all of it a row of the
  # result depends on that row alone. units (streams, G); positions are in units. State of each stream:
  # histories (layers, kernel - 1, width), f0 (2) float64, cycles (1) float64, pulses (3, hop), harm
  # and noise (2, bins), tail (3, hop); it is replaced when all else is done, so that a step that
  # fails can be done again. Returns (streams, samples) of frames U * start - delay .. + U * G.
  def step(self: __torch__.Vocoder, units: Tensor, starts: List[int], ends: List[int], histories: List[Tensor], f0: List[Tensor], cycles: List[Tensor], pulses: List[Tensor], harm: List[Tensor], noise: List[Tensor], tail: List[Tensor]) -> Tensor:
    h = self.heads(units, starts, ends, torch.stack(histories, 0))
    n = torch.size(h[0], 1)
    first = -(self.unit_layers * self.right * self.upsampling + self.frame_layers * self.right)
    hz = torch.mul(torch.exp(h[3]), torch.to(torch.gt(h[2], 0.0), 6))
    hz = torch.cat([torch.stack(f0, 0), torch.to(hz, 7)], 1)
    new = self.pulses(hz, starts, ends, first - 1, torch.stack(cycles, 0))
    all = torch.cat([torch.stack(pulses, 0), new[0]], 1)
    hh = torch.cat([torch.stack(harm, 0), h[0]], 1)
    nn = torch.cat([torch.stack(noise, 0), h[1]], 1)
    y = self.synthesis(all, torch.narrow(hh, 1, 0, n), torch.narrow(nn, 1, 0, n), starts, ends, first - 2, torch.stack(tail, 0))
    _0 = self.replace(histories, h[4])
    _1 = self.replace(f0, torch.narrow(hz, 1, n, 2))
    _2 = self.replace(cycles, new[1])
    _3 = self.replace(pulses, torch.narrow(all, 1, n, 3))
    _4 = self.replace(harm, torch.narrow(hh, 1, n, 2))
    _5 = self.replace(noise, torch.narrow(nn, 1, n, 2))
    _6 = self.replace(tail, y[1])
    return y[0]

  # Unit and neighbours (2 + m + 2) at positions start - 2 ..; those outside [0, end) are padding of
  # each convolution's own input. Returns log(duration + 1) of the m in the middle.
  def log_durations(self: __torch__.Vocoder, units: Tensor, start: int, end: int) -> Tensor:
    at = 2 * (self.unit_layers + self.frame_layers) + 3
    v = 5 * (self.unit_layers + self.frame_layers) + 2
    x = self.clip(torch.unsqueeze(torch.embedding(self.embedding[0], units), 0), [start], [end], 1, -2)
    for i in range(2):
      x = torch.flatten(torch.unfold(x, 1, 3, 1), 2, -1)
      x = torch.relu(__torch__.linear(x, self.p, self.q, self.w, self.b, at + i))
      x = torch.layer_norm(x, [torch.size(x, 2)], self.vectors[v + 2 * i], self.vectors[v + 2 * i + 1], 1.0000000000000001e-05)
      if i == 0:
        x = self.clip(x, [start], [end], 1, -1)
    return torch.flatten(__torch__.linear(x, self.p, self.q, self.w, self.b, at + 2), 0, -1)

  # torch.round rounds halves to even
  def durations(self: __torch__.Vocoder, units: Tensor, start: int, end: int, longest: int) -> Tensor:
    d = torch.round(torch.sub(torch.exp(self.log_durations(units, start, end)), 1.0))
    return torch.to(torch.clamp(d, 1.0, float(longest)), 4)
