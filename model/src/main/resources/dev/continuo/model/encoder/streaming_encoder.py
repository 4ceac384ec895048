# The streaming encoder: log-mels, two strided convolutions, chunk-causal attention, k-means.
# N chunks of C = 4 frames (160 ms) at a time; samples of chunk c start at 2560 c - 480.
# Linear layers: 0 mels, 1 centroids, 2 conv1, 3 conv2, then four a block: qkv, out, fc1, fc2.
# Vectors: four a block: n1 weight, n1 bias, n2 weight, n2 bias.
class Encoder(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  chunk : int
  slots : int
  hop : int
  theta : float
  eps : float
  window : List[Tensor]
  frequencies : List[Tensor]
  vectors : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.Encoder, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.Encoder, x: Tensor) -> int:
    return __torch__.keep(x, self.vectors)

  # The nearest centroid has the largest x . c - |c|^2 / 2.
  def front(self: __torch__.Encoder, window: Tensor, mels: Tensor, centroids: Tensor, way: int) -> int:
    none = annotate(List[Tensor], [])
    bad = __torch__.keep(window, self.window)
    bad = bad + __torch__.pack([mels], none, self.p, self.q, self.w, self.b, way)
    c = torch.to(centroids, 6)
    half = torch.mul(torch.sum(torch.mul(c, c), [1]), -0.5)
    bad = bad + __torch__.pack([c], [half], self.p, self.q, self.w, self.b, way)
    hd = torch.size(c, 1) // self.heads
    i = torch.to(torch.arange(hd // 2), c)
    _4 = torch.append(self.frequencies, torch.pow(self.theta, torch.div(torch.mul(i, -2), hd)))
    return bad

  # (160 M + 240) samples -> (M, mel bands)
  def mel(self: __torch__.Encoder, samples: Tensor) -> Tensor:
    window = self.window[0]
    frames = torch.mul(torch.unfold(samples, 0, torch.size(window, 0), self.hop), window)
    power = __torch__.linear(torch.abs(torch.fft_rfft(frames, None, -1, None)), self.p, self.q, self.w, self.b, 0)
    return torch.add(torch.log10(torch.clamp_min(power, 0.0001)), 1.5)

  # (16 N + 3, mel bands) -> (4 N, width); the first three mels and the first frame between the
  # convolutions do not exist where the recording starts, and are zero
  def convolutions(self: __torch__.Encoder, mel: Tensor, first: bool) -> Tensor:
    if first:
      _0 = torch.zero_(torch.narrow(mel, 0, 0, 3))
    x = torch.flatten(torch.unfold(mel, 0, 3, 2), 1, -1)
    x = torch.gelu(__torch__.linear(x, self.p, self.q, self.w, self.b, 2))
    if first:
      _1 = torch.zero_(torch.narrow(x, 0, 0, 1))
    x = torch.flatten(torch.unfold(x, 0, 3, 2), 1, -1)
    return torch.gelu(__torch__.linear(x, self.p, self.q, self.w, self.b, 3))

  # Frame T0 + i of x (T, width), T0 = chunk * C; k and v: one (heads, slots * C, head) a block,
  # chunk c in slot c mod slots.
  def blocks(self: __torch__.Encoder, x: Tensor, chunk: int, k: List[Tensor], v: List[Tensor], layers: int) -> Tensor:
    C = self.chunk
    H = self.heads
    T = torch.size(x, 0)
    W = torch.size(x, 1)
    N = (T + C - 1) // C
    half = W // H // 2
    scale = torch.pow(float(2 * half), -0.5)
    t = torch.to(torch.add(torch.arange(T), chunk * C), x)
    angle = torch.unsqueeze(torch.mul(torch.unsqueeze(t, 1), self.frequencies[0]), 1)
    cos = torch.cos(angle)
    sin = torch.sin(angle)
    cos = torch.cat([cos, cos], -1)
    sin = torch.cat([torch.neg(sin), sin], -1)
    for i in range(layers):
      h = torch.layer_norm(x, [W], self.vectors[4 * i], self.vectors[4 * i + 1], self.eps)
      qkv = __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 4)
      qk = torch.view(torch.narrow(qkv, 1, 0, 2 * W), [T, 2 * H, 2 * half])
      turned = torch.cat([torch.narrow(qk, 2, half, half), torch.narrow(qk, 2, 0, half)], 2)
      qk = torch.add(torch.mul(qk, cos), torch.mul(turned, sin))
      qq = torch.transpose(torch.mul(torch.narrow(qk, 1, 0, H), scale), 0, 1)
      kk = torch.transpose(torch.narrow(qk, 1, H, H), 0, 1)
      vv = torch.transpose(torch.view(torch.narrow(qkv, 1, 2 * W, W), [T, H, 2 * half]), 0, 1)
      outs = annotate(List[Tensor], [])
      for n in range(N):
        c = chunk + n
        at = c % self.slots * C
        m = ops.prim.min(C, T - n * C)
        _0 = torch.copy_(torch.narrow(k[i], 1, at, m), torch.narrow(kk, 1, n * C, m))
        _1 = torch.copy_(torch.narrow(v[i], 1, at, m), torch.narrow(vv, 1, n * C, m))
        used = ops.prim.min(c * C + m, self.slots * C)
        keys = torch.narrow(k[i], 1, 0, used)
        values = torch.narrow(v[i], 1, 0, used)
        if m < C and c >= self.slots:
          after = self.slots * C - at - C
          keys = torch.cat([torch.narrow(keys, 1, 0, at + m), torch.narrow(keys, 1, at + C, after)], 1)
          values = torch.cat([torch.narrow(values, 1, 0, at + m), torch.narrow(values, 1, at + C, after)], 1)
        s = torch.softmax(torch.bmm(torch.narrow(qq, 1, n * C, m), torch.transpose(keys, 1, 2)), -1)
        _2 = torch.append(outs, torch.bmm(s, values))
      o = torch.reshape(torch.transpose(torch.cat(outs, 1), 0, 1), [T, W])
      x = torch.add(x, __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 5))
      h = torch.layer_norm(x, [W], self.vectors[4 * i + 2], self.vectors[4 * i + 3], self.eps)
      h = torch.gelu(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 6))
      x = torch.add(x, __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 7))
    return x

  def nearest(self: __torch__.Encoder, features: Tensor) -> Tensor:
    return torch.argmax(__torch__.linear(features, self.p, self.q, self.w, self.b, 1), 1)

  # samples (2560 N + 720) of chunks chunk .. chunk + N - 1, of which `frames` count; started: there
  # was audio before them -> (frames, width)
  def features(self: __torch__.Encoder, samples: Tensor, chunk: int, frames: int, started: bool, k: List[Tensor], v: List[Tensor]) -> Tensor:
    x = self.convolutions(self.mel(samples), not started)
    return self.blocks(torch.narrow(x, 0, 0, frames), chunk, k, v, self.layers)

  # The nearest centroid of each frame, (frames)
  def units(self: __torch__.Encoder, samples: Tensor, chunk: int, frames: int, started: bool, k: List[Tensor], v: List[Tensor]) -> Tensor:
    return self.nearest(self.features(samples, chunk, frames, started, k, v))

  # Turns cached keys back by so many frames: attention sees differences of positions only.
  def turn_back(self: __torch__.Encoder, frames: int, k: List[Tensor]) -> int:
    f = torch.to(self.frequencies[0], 7)
    angle = torch.mul(f, float(-frames))
    cos = torch.cos(torch.cat([angle, angle], 0))
    sin = torch.sin(torch.cat([torch.neg(angle), angle], 0))
    half = torch.size(f, 0)
    for i in range(len(k)):
      x = torch.to(k[i], 7)
      _0 = torch.copy_(k[i], torch.add(torch.mul(x, cos), torch.mul(torch.roll(x, [half], [-1]), sin)))
    return 0
