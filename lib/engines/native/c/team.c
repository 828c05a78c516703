// One thread asks. The others look out for the next work for a while, as a step mostly follows upon a step, and then sleep: to wake
// a thread takes a good part of what a small step does, and to start one, more.
#include "team.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { WATCHFUL_MICROSECONDS = 200 };

struct Team {
  pthread_mutex_t lock;
  pthread_cond_t asked;
  pthread_t *helpers;
  int32_t count, room;
  uint32_t turn;  // counts the works; read without the lock, too
  int32_t places; // for helpers that may still begin this one
  int32_t busy;   // helpers that are at it; without the lock, too
  Work *work;     // NULL: that was all
  void *given;
};

static int64_t microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void look_out(const Team *team, uint32_t seen) {
  const int64_t begin = microseconds();
  for (int looks = 1; __atomic_load_n(&team->turn, __ATOMIC_RELAXED) == seen; looks++) {
    look_away(looks);
    if (looks % 64 == 0 && microseconds() - begin > WATCHFUL_MICROSECONDS) return;
  }
}

static void *help(void *given) {
  Team *team = given;
  for (uint32_t seen = 0;;) {
    look_out(team, seen);
    pthread_mutex_lock(&team->lock);
    while (team->turn == seen) pthread_cond_wait(&team->asked, &team->lock);
    seen = team->turn;
    const int begins = team->places > 0;
    if (begins) {
      team->places--;
      __atomic_fetch_add(&team->busy, 1, __ATOMIC_RELAXED);
    }
    Work *work = team->work;
    void *with = team->given;
    pthread_mutex_unlock(&team->lock);
    if (!work) return NULL;
    if (!begins) continue;
    work(with);
    __atomic_fetch_sub(&team->busy, 1, __ATOMIC_RELEASE);
  }
}

Team *open_team(void) {
  Team *team = calloc(1, sizeof *team);
  if (!team) return NULL;
  if (pthread_mutex_init(&team->lock, NULL) == 0) {
    if (pthread_cond_init(&team->asked, NULL) == 0) return team;
    pthread_mutex_destroy(&team->lock);
  }
  free(team);
  return NULL;
}

static void new_turn(Team *team, int32_t places, Work *work, void *given) {
  pthread_mutex_lock(&team->lock);
  team->places = places;
  team->work = work;
  team->given = given;
  __atomic_store_n(&team->turn, team->turn + 1, __ATOMIC_RELAXED);
  pthread_cond_broadcast(&team->asked);
  pthread_mutex_unlock(&team->lock);
}

// A helper that is started now takes up what was asked last.
static void start_helpers(Team *team, int32_t wanted) {
  if (wanted > team->room) {
    pthread_t *more = realloc(team->helpers, (size_t)wanted * sizeof *more);
    if (!more) return;
    team->helpers = more;
    team->room = wanted;
  }
  while (team->count < wanted && pthread_create(team->helpers + team->count, NULL, help, team) == 0) team->count++;
}

void ask(Team *team, int32_t helpers, Work *work, void *given) {
  new_turn(team, helpers, work, given);
  start_helpers(team, helpers);
}

void dismiss(Team *team) {
  pthread_mutex_lock(&team->lock);
  team->places = 0;
  pthread_mutex_unlock(&team->lock);
  for (int looks = 1; __atomic_load_n(&team->busy, __ATOMIC_ACQUIRE) > 0; looks++) look_away(looks);
}

void close_team(Team *team) {
  new_turn(team, 0, NULL, NULL);
  while (team->count > 0) pthread_join(team->helpers[--team->count], NULL);
  pthread_cond_destroy(&team->asked);
  pthread_mutex_destroy(&team->lock);
  free(team->helpers);
  free(team);
}
