/**
 * PHP's own settings, as its `php.ini-production` has them. What Skerry itself bounds, PHP leaves alone:
 * memory, time and the body's size.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  display_errors: "0",
  error_reporting: "32767",
  expose_php: "0",
  html_errors: "0",
  log_errors: "1",
  max_execution_time: "0",
  memory_limit: "-1",
  output_buffering: "4096",
  post_max_size: "0",
  register_argc_argv: "0",
  request_order: "GP",
  short_open_tag: "0",
  sys_temp_dir: "/tmp",
  "zend.assertions": "-1",
  "zend.exception_ignore_args": "1",
};

/** The settings as arguments of `php-cgi`. */
export const SETTING_ARGS: readonly string[] = [
  "-n",
  ...Object.entries(SETTINGS).flatMap(([name, value]) => ["-d", `${name}=${value}`]),
];
