// Builds every page part of src/features into web/static/studio, with a manifest that says which file is which.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { viewerTexts } from './viewer-texts.js';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/static/studio/',
  plugins: [viewerTexts()],
  resolve: { dedupe: ['preact'] },
  build: {
    outDir: here('../static/studio'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    // The content security policy allows no fonts or styles from data: addresses.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
    rollupOptions: {
      input: {
        form: here('src/features/form/index.js'),
        diagram: here('src/features/diagram/index.js'),
      },
      output: {
        entryFileNames: '[name]-[hash].js',
        chunkFileNames: '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
});
