// Prints a thousand lines of the alphabet, each byte by a write of its own.
#include <string.h>
#include <unistd.h>

int main(void) {
  const char *line = "abcdefghijklmnopqrstuvwxyz\n";
  for (int i = 0; i < 1000; i++) {
    for (const char *byte = line; *byte != '\0'; byte++) {
      if (write(STDOUT_FILENO, byte, 1) != 1) return 1;
    }
  }
  return 0;
}
