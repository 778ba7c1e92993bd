<?php
/**
 * What the merchant decides here: whose address is told, what the box says, what is watched.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * The plugin's own settings.
 */
class Preferences {

	const OPTION    = 'reprise_preferences';
	const CONSENTED = 'consented';
	const TYPED     = 'typed';
	const NOBODY    = 'nobody';

	/**
	 * All of them, with what holds where nothing was chosen.
	 *
	 * @return array{reminders: string, has_box: bool, box_label: string, has_beacon: bool, has_chat: bool}
	 */
	public static function all() {
		$kept  = get_option( self::OPTION, array() );
		$blank = array(
			'reminders'  => self::CONSENTED,
			'has_box'    => true,
			'box_label'  => '',
			'has_beacon' => true,
			'has_chat'   => false,
		);
		return array_merge( $blank, is_array( $kept ) ? $kept : array() );
	}

	/**
	 * Take what a form says; what makes no sense stays as it was.
	 *
	 * @param array $told The form's fields, unslashed.
	 * @return void
	 */
	public static function keep( array $told ) {
		$all   = self::all();
		$named = isset( $told['reminders'] ) ? (string) $told['reminders'] : '';
		if ( in_array( $named, array( self::CONSENTED, self::TYPED, self::NOBODY ), true ) ) {
			$all['reminders'] = $named;
		}
		$all['has_box']    = ! empty( $told['has_box'] );
		$all['has_beacon'] = ! empty( $told['has_beacon'] );
		$all['has_chat']   = ! empty( $told['has_chat'] );
		$label             = isset( $told['box_label'] ) ? sanitize_text_field( $told['box_label'] ) : '';
		$all['box_label']  = mb_substr( $label, 0, 200 );
		update_option( self::OPTION, $all, false );
	}

	/**
	 * The words beside the box.
	 *
	 * @return string
	 */
	public static function box_label() {
		$label = self::all()['box_label'];
		return '' !== $label ? $label : __( 'Send me news and offers by email. I can unsubscribe at any time.', 'reprise-for-woocommerce' );
	}

	/**
	 * May the app be told this address?
	 *
	 * @param bool|null $said What the shopper said to marketing; null is nothing.
	 * @return bool
	 */
	public static function may_tell_email( $said ) {
		$reminders = self::all()['reminders'];
		if ( self::NOBODY === $reminders || ! Consent::allows_marketing() ) {
			return false;
		}
		return self::TYPED === $reminders || true === $said;
	}
}
