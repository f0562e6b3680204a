/* Well-behaved functions. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int calls;

void run(void)
{
	puts("run");
}

void count(void)
{
	printf("call %d\n", ++calls);
}

void cat(const char *filename)
{
	FILE *file = fopen(filename, "r");
	int c;

	if (file == NULL) {
		perror(filename);
		exit(2);
	}
	while ((c = getc(file)) != EOF)
		putchar(c);
	fclose(file);
}

void doze(void)
{
	usleep(800 * 1000);
	printf("awake");
}

/* Sleeps for as many milliseconds as its argument says. */
void doze_ms(const char *milliseconds)
{
	usleep(atoi(milliseconds) * 1000);
	printf("awake");
}

void whine(void)
{
	fprintf(stderr, "it hurts\n");
	printf("fine\n");
}

static void *say(void *word)
{
	printf("%s\n", (const char *)word);
	return NULL;
}

void thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, say, "threaded") == 0)
		pthread_join(thread, NULL);
	printf("joined\n");
}

void tell(void)
{
	extern char **environ;
	char buf[256];
	ssize_t length;

	printf("variables %d\n", environ == NULL || *environ == NULL ? 0 : 1);
	for (int fd = 0; fd < 200; fd++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		length = readlink(path, buf, sizeof(buf));
		if (length > 0)
			printf("%d %.*s\n", fd, (int)length, buf);
	}
}
