// SPDX-License-Identifier: Apache-2.0
// Decode steps of llama.cpp: llama_step BACKENDS MODEL.gguf CONTEXT THREADS BATCHES SECONDS; a JSON line for each batch
// size. Each sequence has a stream of its own; its newest position is removed after a step, so that every step is the
// last of the context. A step hands over ids and reads logits.
#include "ggml-backend.h"
#include "llama.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WARM_UP = 3, LEAST_STEPS = 10, MOST_STEPS = 100000 };

static double ms[MOST_STEPS];

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void errors_only(enum ggml_log_level level, const char *text, void *none) {
  (void)none;
  if (level == GGML_LOG_LEVEL_ERROR) {
    fputs(text, stderr);
  }
}

static void fail(const char *what) {
  fprintf(stderr, "llama_step: %s failed\n", what);
  exit(1);
}

static void add(struct llama_batch *batch, llama_token token, int position, int sequence, int logits) {
  int i = batch->n_tokens++;
  batch->token[i] = token;
  batch->pos[i] = position;
  batch->n_seq_id[i] = 1;
  batch->seq_id[i][0] = sequence;
  batch->logits[i] = logits;
}

static struct llama_context *context_of(struct llama_model *model, int positions, int threads, int rows) {
  struct llama_context_params params = llama_context_default_params();
  params.n_ctx = (uint32_t)(positions * rows);
  params.n_batch = params.n_ubatch = (uint32_t)positions;
  params.n_seq_max = (uint32_t)rows;
  params.n_threads = params.n_threads_batch = threads;
  params.kv_unified = false;
  params.no_perf = true;
  params.type_k = params.type_v = GGML_TYPE_F16;
  struct llama_context *context = llama_init_from_model(model, params);
  if (!context) {
    fail("making a context");
  }
  return context;
}

static void measure(struct llama_model *model, int positions, int threads, int rows, double seconds) {
  int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));
  struct llama_context *context = context_of(model, positions, threads, rows);
  llama_memory_t memory = llama_get_memory(context);
  struct llama_batch batch = llama_batch_init(positions, 0, 1);
  for (int i = 0; i < positions - 1; i++) {
    add(&batch, (i * 31 + 7) % vocabulary, i, 0, i == positions - 2);
  }
  if (llama_decode(context, batch)) {
    fail("prefill");
  }
  for (int row = 1; row < rows; row++) {
    llama_memory_seq_cp(memory, 0, row, -1, -1);
  }
  volatile float read = 0; // so that the logits are
  double end = now_ms() + 1e3 * seconds;
  int n = 0;
  for (int i = 0; n < MOST_STEPS && (n < LEAST_STEPS || now_ms() < end); i++) {
    double start = now_ms();
    batch.n_tokens = 0;
    for (int row = 0; row < rows; row++) {
      add(&batch, (i + row) % vocabulary, positions - 1, row, 1);
    }
    if (llama_decode(context, batch)) {
      fail("a step");
    }
    for (int row = 0; row < rows; row++) {
      read += llama_get_logits_ith(context, row)[i % vocabulary];
      llama_memory_seq_rm(memory, row, positions - 1, -1);
    }
    if (i >= WARM_UP) {
      ms[n++] = now_ms() - start;
    }
  }
  qsort(ms, n, sizeof *ms, ascending);
  printf("{\"batch\": %d, \"min_ms\": %.3f, \"median_ms\": %.3f}\n", rows, ms[0], ms[n / 2]);
  fflush(stdout);
  llama_batch_free(batch);
  llama_free(context);
}

int main(int count, char **arguments) {
  if (count != 7) {
    fprintf(stderr, "usage: llama_step BACKENDS MODEL.gguf CONTEXT THREADS BATCHES SECONDS\n");
    return 2;
  }
  llama_log_set(errors_only, NULL);
  ggml_backend_load_all_from_path(arguments[1]);
  llama_backend_init();
  struct llama_model *model = llama_model_load_from_file(arguments[2], llama_model_default_params());
  if (!model) {
    fail("loading the model");
  }
  for (char *rows = strtok(arguments[5], ","); rows; rows = strtok(NULL, ",")) {
    measure(model, atoi(arguments[3]), atoi(arguments[4]), atoi(rows), atof(arguments[6]));
  }
  llama_model_free(model);
  return 0;
}
