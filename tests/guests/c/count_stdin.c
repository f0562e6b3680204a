// Reads all of standard input; prints how many bytes it was and their FNV-1a hash.
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static unsigned char buffer[32 * 1024];
  uint64_t total = 0;
  uint32_t hash = 2166136261u;
  ssize_t count;
  while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
    total += (uint64_t)count;
    for (ssize_t i = 0; i < count; i++) hash = (hash ^ buffer[i]) * 16777619u;
  }
  if (count < 0) return 1;
  printf("%llu bytes, hash %08x\n", (unsigned long long)total, hash);
  return 0;
}
