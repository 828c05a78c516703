// Thousands of works for a team of helpers, under a sanitizer: each piece of each is to be made once, whoever comes late, sleeps or
// looks out, and nobody may touch a work that is over. Prints how many works had a helper at them.
#include "../../lib/engines/native/c/stages.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORKS = 3000, PIECES = 20, MOST_HELPERS = 3 };

typedef struct {
  Stage first, second;
  int made[PIECES]; // by the first stage; read by the second
  int seen[PIECES];
  int32_t threads;
} Given;

static void work(void *at) {
  Given *given = at;
  __atomic_fetch_add(&given->threads, 1, __ATOMIC_RELAXED);
  for (int32_t k; (k = take_piece(&given->first)) < PIECES; piece_is_made(&given->first)) given->made[k]++;
  until_over(&given->first, PIECES);
  for (int32_t k; (k = take_piece(&given->second)) < PIECES; piece_is_made(&given->second)) given->seen[k] += given->made[PIECES - 1 - k];
  until_over(&given->second, PIECES);
}

int main(void) {
  int shared = 0;
  for (int round = 0; round < 3; round++) {
    Team *team = open_team();
    if (!team) return 2;
    for (int n = 0; n < WORKS / 3; n++) {
      Given given; // where the one before was
      memset(&given, 0, sizeof given);
      const int helpers = 1 + n % MOST_HELPERS;
      ask(team, helpers, work, &given);
      if (n % 7 == 0) usleep(100);
      work(&given);
      dismiss(team);
      for (int k = 0; k < PIECES; k++)
        if (given.made[k] != 1 || given.seen[k] != 1) return fprintf(stderr, "work %d: piece %d was made %d times\n", n, k, given.made[k]), 3;
      if (given.threads > 1 + helpers) return fprintf(stderr, "work %d: %d threads\n", n, given.threads), 3;
      shared += given.threads > 1;
      if (n % 50 == 0) usleep(500); // until they sleep
    }
    close_team(team);
  }
  printf("%d\n", shared);
  return 0;
}
