// GET /greet/Ada: the file's name, `[name]`, binds that segment of the path; it arrives decoded, as the
// environment variable PARAM_NAME. It is escaped here, because it becomes part of a page.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s 'functions/_src/greet/[name].c' -o 'functions/greet/[name].wasm'
#include <stdio.h>
#include <stdlib.h>

static void print_escaped(const char *text) {
  for (; *text != '\0'; text++) {
    switch (*text) {
      case '&': fputs("&amp;", stdout); break;
      case '<': fputs("&lt;", stdout); break;
      case '>': fputs("&gt;", stdout); break;
      case '"': fputs("&quot;", stdout); break;
      case '\'': fputs("&#39;", stdout); break;
      default: putchar(*text);
    }
  }
}

int main(void) {
  const char *name = getenv("PARAM_NAME");
  fputs("Content-Type: text/html; charset=utf-8\n\n<!doctype html>\n<title>Greeting</title>\n<h1>Hello, ", stdout);
  print_escaped(name == NULL ? "stranger" : name);
  puts("!</h1>");
  return 0;
}
