/* Does with locks and logs what the first argument says; prints what came of it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_or_say(const char *path, int flags) {
  int fd = open(path, flags);
  if (fd < 0) printf("%s: %s\n", path, strerror(errno));
  return fd;
}

static void append(const char *path, const char *text) {
  int fd = open_or_say(path, O_WRONLY | O_APPEND);
  if (fd < 0) return;
  if (write(fd, text, strlen(text)) < 0) printf("write: %s\n", strerror(errno));
  close(fd);
}

static void print_file(const char *path) {
  char piece[7]; /* so that reads end within records */
  int fd = open_or_say(path, O_RDONLY);
  if (fd < 0) return;
  for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0;) fwrite(piece, 1, n, stdout);
  close(fd);
}

static void list(const char *path) {
  DIR *dir = opendir(path);
  if (dir == NULL) printf("%s: %s\n", path, strerror(errno));
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    if (entry->d_name[0] != '.') printf("%s/%s\n", path, entry->d_name);
  }
}

int main(int argc, char **argv) {
  const char *action = argc > 1 ? argv[1] : "";
  setvbuf(stdout, NULL, _IONBF, 0);
  if (strcmp(action, "work") == 0) {
    char token[32] = "";
    int lock = open_or_say("/locks/files", O_RDONLY);
    read(lock, token, sizeof token - 1);
    append("/logs/file_0", "first ");
    append("/logs/file_0", "second\n");
    close(lock);
    printf("token %s", token);
  } else if (strcmp(action, "count") == 0) {
    /* Read, think and write: only a lock makes this right. */
    int lock = open_or_say("/locks/files", O_RDONLY);
    struct stat status;
    char text[64];
    stat("/logs/file_1", &status);
    snprintf(text, sizeof text, "%06d\n", (int)(status.st_size / 7));
    usleep(2000);
    append("/logs/file_1", text);
    close(lock);
  } else if (strcmp(action, "slow") == 0) {
    int lock = open_or_say("/locks/files", O_RDONLY);
    append("/logs/file_0", "begun ");
    for (int n = 0; n < 15; n++) {
      usleep(100000);
      append("/logs/file_0", ".");
    }
    append("/logs/file_0", " done\n");
    close(lock);
    puts("done");
  } else if (strcmp(action, "read") == 0) {
    print_file("/logs/file_0");
  } else if (strcmp(action, "crash") == 0) {
    open_or_say("/locks/files", O_RDONLY);
    __builtin_trap();
  } else if (strcmp(action, "exit") == 0) {
    open_or_say("/locks/files", O_RDONLY);
  } else if (strcmp(action, "spin") == 0) {
    open_or_say("/locks/files", O_RDONLY);
    for (volatile int n = 0;; n++) {}
  } else if (strcmp(action, "sleep") == 0) {
    open_or_say("/locks/files", O_RDONLY);
    sleep(60);
  } else if (strcmp(action, "wait") == 0) {
    if (open_or_say("/locks/files", O_RDONLY) >= 0) puts("got it");
  } else if (strcmp(action, "refused") == 0) {
    append("/logs/file_0", "without the lock\n");
    open_or_say("/locks/secret", O_RDONLY);
    open_or_say("/locks/files", O_RDONLY);
    open_or_say("/locks/files", O_RDONLY);
    open_or_say("/logs/secret", O_RDONLY);
    open_or_say("/logs/file_100", O_RDONLY);
    open_or_say("/logs/file_0", O_WRONLY);
    open_or_say("/logs/file_0", O_WRONLY | O_APPEND | O_TRUNC);
    if (unlink("/logs/file_0") < 0) printf("unlink: %s\n", strerror(errno));
    if (mkdir("/locks/x", 0777) < 0) printf("mkdir: %s\n", strerror(errno));
  } else if (strcmp(action, "try") == 0) {
    if (open_or_say("/locks/files", O_RDONLY | O_NONBLOCK) >= 0) puts("got it");
  } else if (strcmp(action, "list") == 0) {
    list("/locks");
    list("/logs");
  }
  return 0;
}
