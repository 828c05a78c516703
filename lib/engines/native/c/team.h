// Threads that help this one with its work, and wait for the next in between.
#ifndef TEAM_H
#define TEAM_H
#include <sched.h>
#include <stdint.h>

typedef struct Team Team;
typedef void Work(void *given);

// NULL where the system has none to give.
Team *open_team(void);

// Asks `helpers` threads to do the work as well, which must be such that it gets done without them: one that the system refuses,
// or that wakes up after it is done, has no part in it.
void ask(Team *team, int32_t helpers, Work *work, void *given);

// Lets nobody begin the work any more, and returns when all who did have ended it.
void dismiss(Team *team);

// Ends the threads.
void close_team(Team *team);

// What a thread does between two looks at something that it waits for; the processor is left to others from time to time.
static inline void look_away(int looks) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
  if (looks % 1024 == 0) sched_yield();
}
#endif
