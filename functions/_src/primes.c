// GET /primes?n=100000: counts the primes up to n by trial division, so that a larger n costs more CPU:
// watch `fuel` and the time grow. Each part of the query string is also an argument of the program, so
// `n=1000` works on the command line too.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s functions/_src/primes.c -o functions/primes.wasm
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_LIMIT = 100000, LARGEST_LIMIT = 5000000 };

static bool is_odd_prime(unsigned n) {
  for (unsigned divisor = 3; divisor * divisor <= n; divisor += 2) {
    if (n % divisor == 0) return false;
  }
  return true;
}

static unsigned count_primes(unsigned limit) {
  unsigned count = limit >= 2 ? 1 : 0;
  for (unsigned n = 3; n <= limit; n += 2) count += is_odd_prime(n);
  return count;
}

// The number that `text` spells, or -1 if it is none or too large.
static long parse_limit(const char *text) {
  long value = 0;
  if (*text == '\0') return -1;
  for (; *text != '\0'; text++) {
    if (!isdigit((unsigned char)*text)) return -1;
    value = value * 10 + (*text - '0');
    if (value > LARGEST_LIMIT) return -1;
  }
  return value;
}

static long limit_from(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    if (strncmp(argv[i], "n=", 2) == 0) return parse_limit(argv[i] + 2);
  }
  return DEFAULT_LIMIT;
}

int main(int argc, char **argv) {
  long limit = limit_from(argc, argv);
  if (limit < 0) {
    fputs("Status: 400 Bad Request\nContent-Type: text/plain; charset=utf-8\n\n", stdout);
    printf("n must be a number from 0 to %d\n", LARGEST_LIMIT);
    return 0;
  }
  printf("%u primes up to %ld\n", count_primes((unsigned)limit), limit);
  return 0;
}
