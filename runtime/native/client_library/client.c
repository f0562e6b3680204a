/* SPDX-License-Identifier: MIT */

/* Calls a function of a native library: ./client <libname> [<funcname> [<filename>]] */

#include "ipc.h"

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
	char answer[BUFSIZE];
	int length = 0;
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
	if (send_socket(fd, command, length) < 0)
		die("send_socket");
	if (recv_socket(fd, answer, sizeof(answer)) <= 0)
		die("recv_socket");
	close_socket(fd);
	printf("Output file: %s\n", answer);
	return 0;
}
