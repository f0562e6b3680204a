/* SPDX-License-Identifier: MIT */

/* Calls a function of a native library: ./client <libname> [<funcname> [<filename>]] */

#include "ipc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	char command[BUFSIZE] = "";
	char answer[BUFSIZE] = "";
	int length = 0;
	ssize_t count;
	int fd;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "Usage: %s <libname> [<funcname> [<filename>]]\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (int i = 1; i < argc && length < BUFSIZE; i++)
		length += snprintf(command + length, BUFSIZE - length, "%s%s", i > 1 ? " " : "", argv[i]);
	if (length >= BUFSIZE) {
		fprintf(stderr, "The command is longer than %d bytes\n", BUFSIZE - 1);
		return EXIT_FAILURE;
	}
	fd = create_socket();
	if (fd < 0)
		die("create_socket");
	if (connect_socket(fd) < 0)
		die("connect_socket");
	/* A server that refuses the connection has already said why. */
	if (send_socket(fd, command, length) < 0 && errno != EPIPE)
		die("send_socket");
	count = recv_socket(fd, answer, sizeof(answer) - 1);
	if (count < 0)
		die("recv_socket");
	close_socket(fd);
	if (count == 0) {
		fprintf(stderr, "The server closed the connection without an answer\n");
		return EXIT_FAILURE;
	}
	/* No path: there was no file to put the error in. */
	if (strncmp(answer, "Error: ", 7) == 0) {
		fprintf(stderr, "%s\n", answer);
		return EXIT_FAILURE;
	}
	printf("Output file: %s\n", answer);
	return 0;
}
