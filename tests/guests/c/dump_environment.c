// Prints its arguments, then its environment, one to a line.
#include <stdio.h>

extern char **environ;

int main(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("arg: %s\n", argv[i]);
  for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
    printf("env: %s\n", *variable);
  }
  return 0;
}
