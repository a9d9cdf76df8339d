import { serve } from '../../src/servers/index.ts';
import { ErrorStream } from '../../src/wsgi/errors-stream.ts';
import { testConformance } from './_suite.ts';

testConformance({
  name: 'serve()',
  lacks: {},
  async serve(application) {
    const log: string[] = [];
    const errors = new ErrorStream((text) => void log.push(text));
    const server = await serve(application, { port: 0, errors });
    return { ...server, log: () => log.join('') };
  },
});
