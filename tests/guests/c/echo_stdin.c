// Copies standard input to standard output, whatever the bytes.
#include <stdbool.h>
#include <unistd.h>

static bool write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(STDOUT_FILENO, bytes, length);
    if (count < 0) return false;
    bytes += count;
    length -= (size_t)count;
  }
  return true;
}

int main(void) {
  static char buffer[32 * 1024];
  ssize_t count;
  while ((count = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
    if (!write_all(buffer, (size_t)count)) return 1;
  }
  return count < 0 ? 1 : 0;
}
