import '../ui/style.css';
import './try.css';
import { render } from 'preact';
import { TryPage } from './page';
import { TryPhone } from './phone';

const root = document.getElementById('page');
if (root) render(<TryPage phone={new TryPhone()} />, root);
