// Doubly recursive Fibonacci: calls and nothing else, the worst case for metering at function entry.
// Prints fib(38).
#include <stdio.h>

static unsigned fib(unsigned n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(void) {
  volatile unsigned n = 38;  // kept from being computed by the compiler
  printf("%u\n", fib(n));
  return 0;
}
