// Runs one job of the engine under a sanitizer: main IN OUT. Words of IN: the arena's size, the job's word, the number of
// regions, their beginnings and lengths in ascending order, the arena. What lies between regions is poisoned while the job
// runs. OUT: the arena afterwards. Without arguments: prints the number of lanes.
#include "../../lib/engines/native/c/engine.h"
#include "../../lib/engines/native/c/team.h"
#include "../../lib/engines/native/c/vector.h"
#include <stdio.h>
#include <stdlib.h>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size)
#define ASAN_UNPOISON_MEMORY_REGION(at, size)
#endif

static void read_words(void *to, size_t count, FILE *file) {
  if (fread(to, 4, count, file) != count) {
    fprintf(stderr, "main: the job's file is too short\n");
    exit(2);
  }
}

int main(int count, char **arguments) {
  if (count < 3) {
    printf("%d\n", LANES);
    return 0;
  }
  FILE *in = fopen(arguments[1], "rb"), *out = fopen(arguments[2], "wb");
  if (!in || !out) return 2;
  int32_t header[3];
  read_words(header, 3, in);
  const size_t words = (size_t)header[0], regions = (size_t)header[2];
  int32_t(*region)[2] = malloc(regions * sizeof *region);
  void *memory;
  if (!region || posix_memalign(&memory, 64, words * 4)) return 2;
  float *arena = memory;
  read_words(region, regions * 2, in);
  read_words(arena, words, in);
  for (size_t k = 0; k < regions; k++) {
    size_t end = (size_t)region[k][0] + (size_t)region[k][1], next = k + 1 < regions ? (size_t)region[k + 1][0] : words;
    if (next > end) ASAN_POISON_MEMORY_REGION(arena + end, (next - end) * 4);
  }
  Team *team = open_team();
  const int32_t problem = run_job(arena, (int64_t)words, header[1], team);
  if (team) close_team(team);
  ASAN_UNPOISON_MEMORY_REGION(arena, words * 4);
  if (problem) {
    fprintf(stderr, "main: the job does not fit: %d\n", problem);
    return 3;
  }
  fwrite(arena, 4, words, out);
  free(memory);
  free(region);
  fclose(in);
  return fclose(out) ? 2 : 0;
}
