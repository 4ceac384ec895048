# HuBERT (fairseq, models/hubert/hubert.py; transformers, models/hubert): strided convolutions, a
# positional convolution, bidirectional attention, then a quantizer. The first convolution's norm
# runs over all time; it is given as the scale and shift it comes to, so that the convolutions can
# run on any stretch of the audio.
# Linear layers: the projection, then four a block (qkv, out, fc1, fc2), then the quantizer's.
# Convolutions: the second one on, last the positional one. conv_norms: weight and bias of the norms
# between convolutions. norms: weight and bias of the projection's norm, scale and shift before the
# positional convolution, weight and bias of the encoder's norm, then four a block: weight and bias
# of the attention's norm and of the feed-forward's.
class Hubert(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  layers : int
  heads : int
  stable : bool
  last : bool
  layer_norms : bool
  project_norm : bool
  eps : float
  kernels : List[int]
  strides : List[int]
  pos_taps : int
  pos_groups : int
  first : List[Tensor]
  c : List[Tensor]
  cb : List[Tensor]
  conv_norms : List[Tensor]
  norms : List[Tensor]
  p : List[__torch__.torch.classes.quantized.LinearPackedParamsBase]
  q : Dict[int, __torch__.torch.classes.quantized.LinearPackedParamsBase]
  w : List[Tensor]
  b : List[Tensor]

  def linear(self: __torch__.Hubert, weights: List[Tensor], biases: List[Tensor], way: int) -> int:
    return __torch__.pack(weights, biases, self.p, self.q, self.w, self.b, way)

  def vector(self: __torch__.Hubert, x: Tensor) -> int:
    return __torch__.keep(x, self.norms)

  def conv_norm(self: __torch__.Hubert, x: Tensor) -> int:
    return __torch__.keep(x, self.conv_norms)

  def float32(self: __torch__.Hubert, x: Tensor) -> Tensor:
    return torch.contiguous(torch.to(x, 6))

  # (channels, 1, taps), and a bias or zeros
  def first_convolution(self: __torch__.Hubert, weight: Tensor, bias: Tensor) -> int:
    bad = __torch__.keep(torch.contiguous(torch.t(torch.select(weight, 1, 0))), self.first)
    return bad + __torch__.keep(bias, self.first)

  def convolution(self: __torch__.Hubert, weight: Tensor, biases: List[Tensor], stride: int, rows: int) -> int:
    return __torch__.pack_convolution(weight, biases, stride, 1, 1, rows, self.c, self.cb)

  def positional(self: __torch__.Hubert, parts: List[Tensor], bias: Tensor, rows: int) -> int:
    return __torch__.pack_convolution(__torch__.fold(parts, 2), [bias], 1, 1, self.pos_groups, rows, self.c, self.cb)

  # What a batch norm comes to with its running statistics.
  def batch_norm(self: __torch__.Hubert, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor) -> int:
    scale = torch.div(torch.to(weight, 7), torch.sqrt(torch.add(torch.to(variance, 7), 1.0000000000000001e-05)))
    shift = torch.sub(torch.to(bias, 7), torch.mul(torch.to(mean, 7), scale))
    return __torch__.keep(scale, self.norms) + __torch__.keep(shift, self.norms)

  # The nearest centroid has the largest x . c - |c|^2 / 2.
  def centroids(self: __torch__.Hubert, centroids: Tensor, way: int) -> int:
    c = torch.to(centroids, 6)
    half = torch.mul(torch.sum(torch.mul(c, c), [1]), -0.5)
    return __torch__.pack([c], [half], self.p, self.q, self.w, self.b, way)

  # samples -> (frames, channels) of the last convolution. scale and shift: of the first
  # convolution's outputs where its norm runs over time, of the samples where norms run over channels
  def features(self: __torch__.Hubert, samples: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    if self.layer_norms:
      samples = torch.add(torch.mul(samples, scale), shift)
    x = torch.matmul(torch.unfold(samples, 0, self.kernels[0], self.strides[0]), self.first[0])
    if self.layer_norms:
      x = torch.add(x, self.first[1])
      x = torch.layer_norm(x, [torch.size(x, 1)], self.conv_norms[0], self.conv_norms[1], 1.0000000000000001e-05)
    else:
      x = torch.addcmul(shift, x, scale)
    x = torch.gelu(x)
    for i in range(len(self.kernels) - 1):
      x = __torch__.convolution(x, self.c[i], self.cb[i], self.strides[i + 1], 1, 1)
      if self.layer_norms:
        x = torch.layer_norm(x, [torch.size(x, 1)], self.conv_norms[2 * i + 2], self.conv_norms[2 * i + 3], 1.0000000000000001e-05)
      x = torch.gelu(x)
    return x

  # (frames, channels) -> (frames, width): the input of the first block
  def embed(self: __torch__.Hubert, features: Tensor) -> Tensor:
    x = features
    n = torch.size(x, 0)
    if self.project_norm:
      x = torch.layer_norm(x, [torch.size(x, 1)], self.norms[0], self.norms[1], self.eps)
    x = __torch__.linear(x, self.p, self.q, self.w, self.b, 0)
    z = torch.addcmul(self.norms[3], x, self.norms[2])
    before = self.pos_taps // 2
    z = torch.constant_pad_nd(z, [0, 0, before, before])
    z = __torch__.convolution(z, self.c[len(self.c) - 1], self.cb[len(self.cb) - 1], 1, 1, self.pos_groups)
    x = torch.add(x, torch.gelu(torch.narrow(z, 0, 0, n)))
    if not self.stable:
      x = self.norm(x, 4)
    return x

  def norm(self: __torch__.Hubert, x: Tensor, i: int) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], self.norms[i], self.norms[i + 1], self.eps)

  def attention(self: __torch__.Hubert, x: Tensor, i: int) -> Tensor:
    n = torch.size(x, 0)
    qkv = __torch__.linear(x, self.p, self.q, self.w, self.b, i)
    qkv = torch.transpose(torch.view(qkv, [1, n, 3 * self.heads, -1]), 1, 2)
    H = self.heads
    y = torch.scaled_dot_product_attention(torch.narrow(qkv, 1, 0, H), torch.narrow(qkv, 1, H, H), torch.narrow(qkv, 1, 2 * H, H))
    y = torch.reshape(torch.transpose(y, 1, 2), [n, -1])
    return __torch__.linear(y, self.p, self.q, self.w, self.b, i + 1)

  # The first `count` blocks.
  def blocks(self: __torch__.Hubert, x: Tensor, count: int) -> Tensor:
    for i in range(count):
      n = 6 + 4 * i
      h = x
      if self.stable:
        h = self.norm(x, n)
      x = torch.add(x, self.attention(h, 1 + 4 * i))
      if self.stable:
        h = self.norm(x, n + 2)
      else:
        x = self.norm(x, n)
        h = x
      h = torch.gelu(__torch__.linear(h, self.p, self.q, self.w, self.b, 3 + 4 * i))
      x = torch.add(x, __torch__.linear(h, self.p, self.q, self.w, self.b, 4 + 4 * i))
      if not self.stable:
        x = self.norm(x, n + 2)
    if self.last and count == self.layers:
      x = self.norm(x, 4)
    return x

  # (frames, width) -> a number a frame: the nearest centroid; of a quantizer of several layers the
  # likeliest class, of which the last stands for no unit of its own
  def quantize(self: __torch__.Hubert, x: Tensor) -> Tensor:
    at = 1 + 4 * self.layers
    count = ops.prim.max(len(self.p), len(self.w)) - at
    for i in range(count):
      if i > 0:
        x = torch.leaky_relu(x, 0.01)
      x = __torch__.linear(x, self.p, self.q, self.w, self.b, at + i)
    return torch.argmax(x, 1)

  # Numbers of `count` frames from `first` on, of the frames that features are given of.
  def units(self: __torch__.Hubert, features: Tensor, first: int, count: int) -> Tensor:
    x = self.blocks(self.embed(features), self.layers)
    return self.quantize(torch.narrow(x, 0, first, count))
