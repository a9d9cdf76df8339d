const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `22/Nov/2026`, in local time. */
export function clfDate(time: Date): string {
  return `${twoDigits(time.getDate())}/${MONTHS[time.getMonth()]}/${time.getFullYear()}`;
}

/** `2026-11-22`, in local time. */
export function isoDate(time: Date): string {
  return [time.getFullYear(), twoDigits(time.getMonth() + 1), twoDigits(time.getDate())].join('-');
}

/** `08:00:00`, in local time. */
export function clockTime(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
}

/** The offset of local time from UTC: `+0000`, `-0330`. */
export function zoneOffset(time: Date): string {
  const minutes = -time.getTimezoneOffset();
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(distance / 60))}${twoDigits(distance % 60)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
