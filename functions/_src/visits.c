// GET /visits: counts its calls in a static variable, and answers 1 every time, because each request
// runs in an instance of its own that no earlier request has touched.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s functions/_src/visits.c -o functions/visits.wasm
#include <stdio.h>

static int visits;

int main(void) {
  visits++;
  printf("This instance has been visited %d time%s.\n", visits, visits == 1 ? "" : "s");
  return 0;
}
