// Prints 16 random bytes in hexadecimal, and the realtime and the monotonic clock in nanoseconds.
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int print_clock(const char *name, clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) return 1;
  printf("%s=%lld\n", name, (long long)now.tv_sec * 1000000000 + now.tv_nsec);
  return 0;
}

int main(void) {
  unsigned char bytes[16];
  if (getentropy(bytes, sizeof bytes) != 0) return 1;
  fputs("random=", stdout);
  for (size_t i = 0; i < sizeof bytes; i++) printf("%02x", bytes[i]);
  puts("");
  return print_clock("realtime_ns", CLOCK_REALTIME) | print_clock("monotonic_ns", CLOCK_MONOTONIC);
}
