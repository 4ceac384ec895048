# The streaming encoder: log-mels, two strided convolutions, chunk-causal attention, k-means.
# N chunks of C = 4 frames (160 ms) of each of some streams at a time; samples of chunk c start at
# 2560 c - 480. Rows of all streams lie one below the other: in what is done with them, a row of the
# result depends on that row alone.
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

  # samples of each stream, (hop (4 C N + 2) + window) of its N chunks, one after the other ->
  # (4 C N + 3, mel bands) of each, one below the other; frames: how many of them count
  def mel(self: __torch__.Encoder, samples: Tensor, frames: List[int]) -> Tensor:
    window = self.window[0]
    C = self.chunk
    size = torch.size(window, 0)
    parts = annotate(List[Tensor], [])
    at = 0
    for s in range(len(frames)):
      n = ((frames[s] + C - 1) // C * 4 * C + 2) * self.hop + size
      _0 = torch.append(parts, torch.unfold(torch.narrow(samples, 0, at, n), 0, size, self.hop))
      at = at + n
    windows = torch.mul(torch.cat(parts, 0), window)
    power = __torch__.linear(torch.abs(torch.fft_rfft(windows, None, -1, None)), self.p, self.q, self.w, self.b, 0)
    return torch.add(torch.log10(torch.clamp_min(power, 0.0001)), 1.5)

  # Rows of each stream (2 n + 1 of them, n a chunk) -> inputs of a convolution, (n, 3 width); the first `zeros` rows
  # do not exist where a recording starts, and are zero
  def windows(self: __torch__.Encoder, x: Tensor, frames: List[int], started: List[int], a_frame: int, zeros: int) -> Tensor:
    C = self.chunk
    parts = annotate(List[Tensor], [])
    at = 0
    for s in range(len(frames)):
      n = (frames[s] + C - 1) // C * C * a_frame + zeros
      rows = torch.narrow(x, 0, at, n)
      if started[s] == 0:
        _0 = torch.zero_(torch.narrow(rows, 0, 0, zeros))
      rows = torch.flatten(torch.unfold(rows, 0, 3, 2), 1, -1)
      if a_frame == 2:
        rows = torch.narrow(rows, 0, 0, frames[s])
      _1 = torch.append(parts, rows)
      at = at + n
    return torch.cat(parts, 0)

  # -> (frames of all streams, width)
  def convolutions(self: __torch__.Encoder, mel: Tensor, frames: List[int], started: List[int]) -> Tensor:
    x = self.windows(mel, frames, started, 4, 3)
    x = torch.gelu(__torch__.linear(x, self.p, self.q, self.w, self.b, 2))
    x = self.windows(x, frames, started, 2, 1)
    return torch.gelu(__torch__.linear(x, self.p, self.q, self.w, self.b, 3))

  # x (frames of all streams, width), stream s's from position C chunks[s] on; k and v: one (heads, slots * C, head) a
  # block of each stream, chunk c in slot c mod slots. Attention is computed stream by stream and
  # chunk by chunk, in the same shapes whoever else is there.
  def blocks(self: __torch__.Encoder, x: Tensor, chunks: List[int], frames: List[int], k: List[Tensor], v: List[Tensor], layers: int) -> Tensor:
    C = self.chunk
    H = self.heads
    T = torch.size(x, 0)
    W = torch.size(x, 1)
    half = W // H // 2
    scale = torch.pow(float(2 * half), -0.5)
    positions = annotate(List[Tensor], [])
    for s in range(len(frames)):
      _3 = torch.append(positions, torch.add(torch.arange(frames[s]), chunks[s] * C))
    t = torch.to(torch.cat(positions, 0), x)
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
      row = 0
      for s in range(len(frames)):
        kc = k[s * layers + i]
        vc = v[s * layers + i]
        for n in range((frames[s] + C - 1) // C):
          c = chunks[s] + n
          at = c % self.slots * C
          m = ops.prim.min(C, frames[s] - n * C)
          _0 = torch.copy_(torch.narrow(kc, 1, at, m), torch.narrow(kk, 1, row, m))
          _1 = torch.copy_(torch.narrow(vc, 1, at, m), torch.narrow(vv, 1, row, m))
          used = ops.prim.min(c * C + m, self.slots * C)
          keys = torch.narrow(kc, 1, 0, used)
          values = torch.narrow(vc, 1, 0, used)
          if m < C and c >= self.slots:
            after = self.slots * C - at - C
            keys = torch.cat([torch.narrow(keys, 1, 0, at + m), torch.narrow(keys, 1, at + C, after)], 1)
            values = torch.cat([torch.narrow(values, 1, 0, at + m), torch.narrow(values, 1, at + C, after)], 1)
          w = torch.softmax(torch.bmm(torch.narrow(qq, 1, row, m), torch.transpose(keys, 1, 2)), -1)
          _2 = torch.append(outs, torch.bmm(w, values))
          row = row + m
      o = torch.reshape(torch.transpose(torch.cat(outs, 1), 0, 1), [T, W])
      x = torch.add(x, __torch__.linear(o, self.p, self.q, self.w, self.b, 4 * i + 5))
      h = torch.layer_norm(x, [W], self.vectors[4 * i + 2], self.vectors[4 * i + 3], self.eps)
      h = torch.gelu(__torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 6))
      x = torch.add(x, __torch__.linear(h, self.p, self.q, self.w, self.b, 4 * i + 7))
    return x

  def nearest(self: __torch__.Encoder, features: Tensor) -> Tensor:
    return torch.argmax(__torch__.linear(features, self.p, self.q, self.w, self.b, 1), 1)

  def all_features(self: __torch__.Encoder, samples: Tensor, chunks: List[int], frames: List[int], started: List[int], k: List[Tensor], v: List[Tensor]) -> Tensor:
    x = self.convolutions(self.mel(samples, frames), frames, started)
    return self.blocks(x, chunks, frames, k, v, self.layers)

  # The next frames[s] of each stream s, whose chunks are chunks[s] .. of it: samples as `mel` takes them; started[s]:
  # whether there was audio before them. Returns (frames[s], width) of each
  def features(self: __torch__.Encoder, samples: Tensor, chunks: List[int], frames: List[int], started: List[int], k: List[Tensor], v: List[Tensor]) -> List[Tensor]:
    return torch.split_with_sizes(self.all_features(samples, chunks, frames, started, k, v), frames, 0)

  # The nearest centroid of each frame, (frames[s]) of each stream
  def units(self: __torch__.Encoder, samples: Tensor, chunks: List[int], frames: List[int], started: List[int], k: List[Tensor], v: List[Tensor]) -> List[Tensor]:
    return torch.split_with_sizes(self.nearest(self.all_features(samples, chunks, frames, started, k, v)), frames, 0)

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
