// Quicksort (Hoare's partition) of a million pseudo-random integers: memory, branches that cannot be
// predicted, some recursion. Prints whether the result is in order, and a checksum of it.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { COUNT = 1000000 };

static uint32_t values[COUNT];

// xorshift32 (Marsaglia 2003).
static uint32_t next_random(void) {
  static uint32_t state = 2463534242u;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

static void swap(uint32_t *a, uint32_t *b) {
  uint32_t t = *a;
  *a = *b;
  *b = t;
}

// Recurses into the smaller part only, so the stack stays logarithmic.
static void quicksort(uint32_t *low, uint32_t *high) {
  while (low < high) {
    uint32_t pivot = low[(high - low) / 2];
    uint32_t *i = low - 1, *j = high + 1;
    for (;;) {
      do i++; while (*i < pivot);
      do j--; while (*j > pivot);
      if (i >= j) break;
      swap(i, j);
    }
    if (j - low < high - j) {
      quicksort(low, j);
      low = j + 1;
    } else {
      quicksort(j + 1, high);
      high = j;
    }
  }
}

static bool is_sorted(void) {
  for (int i = 1; i < COUNT; i++) {
    if (values[i - 1] > values[i]) return false;
  }
  return true;
}

static uint32_t checksum(void) {
  uint32_t sum = 0;
  for (int i = 0; i < COUNT; i++) sum = sum * 31 + values[i];
  return sum;
}

int main(void) {
  for (int i = 0; i < COUNT; i++) values[i] = next_random();
  quicksort(values, values + COUNT - 1);
  printf("%s %08x\n", is_sorted() ? "sorted" : "unsorted", checksum());
  return 0;
}
