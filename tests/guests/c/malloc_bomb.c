// Calls malloc until it fails, touching all it gets, then aborts.
#include <stdlib.h>
#include <string.h>

int main(void) {
  enum { BLOCK_BYTES = 1024 * 1024 };
  char *volatile block;  // kept: the compiler may not leave the allocation out
  while ((block = malloc(BLOCK_BYTES)) != NULL) memset(block, 1, BLOCK_BYTES);
  abort();
}
