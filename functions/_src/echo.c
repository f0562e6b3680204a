// Any method on /echo: answers with the request as the function saw it, by CGI's conventions: metadata
// in the environment, the body on standard input, and a response of headers, an empty line and a body.
//
// Build: deno task samples
// or:    clang --target=wasm32-wasip1 -Os -s functions/_src/echo.c -o functions/echo.wasm
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static void print_variable(const char *label, const char *name) {
  const char *value = getenv(name);
  fputs(label, stdout);
  puts(value == NULL ? "" : value);
}

// HTTP_USER_AGENT=curl becomes "user-agent: curl".
static void print_header(const char *variable) {
  const char *c = variable;
  for (; *c != '\0' && *c != '='; c++) {
    putchar(*c == '_' ? '-' : tolower((unsigned char)*c));
  }
  fputs(": ", stdout);
  puts(*c == '=' ? c + 1 : c);
}

static void print_headers(void) {
  for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
    if (strncmp(*variable, "HTTP_", 5) == 0) print_header(*variable + 5);
  }
}

static void copy_body(void) {
  static char buffer[16 * 1024];
  size_t length;
  while ((length = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    fwrite(buffer, 1, length, stdout);
  }
}

int main(void) {
  fputs("Content-Type: text/plain; charset=utf-8\nX-Content-Type-Options: nosniff\n\n", stdout);
  print_variable("method: ", "REQUEST_METHOD");
  print_variable("path:   ", "SCRIPT_NAME");
  print_variable("rest:   ", "PATH_INFO");
  print_variable("query:  ", "QUERY_STRING");
  puts("\n[headers]");
  print_headers();
  puts("\n[body]");
  copy_body();
  return 0;
}
