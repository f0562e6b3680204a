// GET /hello: the smallest function. Whatever a program prints is the response's body.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s functions/_src/hello.c -o functions/hello.wasm
#include <stdio.h>

int main(void) {
  puts("Hello from Skerry!");
  return 0;
}
